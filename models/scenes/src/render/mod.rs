//! From surfaces to pixels, on the processor.
