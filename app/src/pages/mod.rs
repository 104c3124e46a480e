//! The nine pages.

mod configuracoes;
mod door;
mod machine;
mod modelos;
mod painel;
mod processar;
mod shut_down;
mod tarefas;

pub(crate) use configuracoes::Configuracoes;
pub(crate) use door::{Door, Nowhere};
pub(crate) use modelos::Modelos;
pub(crate) use painel::Painel;
pub(crate) use processar::Processar;
pub(crate) use tarefas::Tarefas;
