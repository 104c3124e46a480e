//! The wire, held still: a sample of everything that travels, its bytes pinned in a file, what must be
//! refused, and `PROTOCOL.md` checked against the types.

mod golden;
mod manual;
mod refused;
mod samples;
mod variants;
