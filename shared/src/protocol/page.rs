//! The pages and the lock that one of them holds while it works.

use serde::{Deserialize, Serialize};

use super::{JobId, RunId, SessionId};

/// A page of the app.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Page {
    /// Dashboard.
    Painel,
    /// Work through videos.
    Processar,
    /// Run trained action models.
    Testes,
    /// Cameras and counting.
    AoVivo,
    /// Best faces of cameras.
    Rostos,
    /// Look at results.
    Resultados,
    /// The task API's queue.
    Tarefas,
    /// The networks.
    Modelos,
    /// Settings.
    Configuracoes,
}

impl Page {
    /// Every page, in the order of the navigation.
    pub const ALL: [Self; 9] = [
        Self::Painel,
        Self::Processar,
        Self::Testes,
        Self::AoVivo,
        Self::Rostos,
        Self::Resultados,
        Self::Tarefas,
        Self::Modelos,
        Self::Configuracoes,
    ];

    /// The name used in addresses, files and on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Painel => "painel",
            Self::Processar => "processar",
            Self::Testes => "testes",
            Self::AoVivo => "ao_vivo",
            Self::Rostos => "rostos",
            Self::Resultados => "resultados",
            Self::Tarefas => "tarefas",
            Self::Modelos => "modelos",
            Self::Configuracoes => "configuracoes",
        }
    }
}

/// The workbench is taken: no other page can start anything until this work has ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lock {
    /// The page that works.
    pub page: Page,
    /// Its work.
    pub run: RunId,
    /// The job that runs, or comes next.
    pub job: JobId,
    /// That job's video, for people.
    pub video: String,
    /// Who pressed start; gone when that session is.
    pub owner: Option<SessionId>,
}
