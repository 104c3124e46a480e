//! `silhueta serve`: the page, its socket and what stands behind them, at one port of this machine.

mod about;
mod access;
mod answer;
mod api_error;
mod asks;
mod docs;
mod fetches;
mod files;
mod guard;
mod guests;
mod hardware;
mod helper;
mod home;
mod hub;
mod imports;
mod jobs;
mod listen;
mod mjpeg;
mod neurapose;
mod page;
mod previews;
mod refusals;
mod results;
mod runner;
mod secret;
mod session;
mod shelf;
mod spool;
mod stock;
mod store;
mod tasks;
mod uploads;
mod webhooks;
mod workbench;

use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use axum::routing::{get, post};
use axum_server::Handle;
use axum_server::accept::DefaultAcceptor;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use hyper_util::rt::TokioTimer;
use silhueta_shared::protocol::{Hardware, HelperMessage, JobId, PATH};
use tokio::task::JoinSet;

use crate::cli::{Auth, ServeOptions, note, say};
use crate::doctor;
use crate::exit::{CliError, Exit};
use crate::farewell::Farewell;
use crate::models;
use crate::place;
use crate::signals::Signals;
pub(crate) use home::{Serving, serving};

use access::Access;
use fetches::Fetches;
use guard::Guard;
use guests::{Doorman, House, KEEP_ALIVE};
use helper::{Helper, State};
use hub::Hub;
use previews::Previews;
use shelf::Preferred;
use spool::Spool;
use store::{Store, StoreError};
use tasks::TaskSettings;
use workbench::Workbench;

/// The longest body of a request that is no upload, in bytes.
const BODY: usize = 64 << 10;
/// How long open connections may take to end.
const GOODBYE: Duration = Duration::from_millis(700);

/// Serves until Ctrl+C, SIGTERM, the end of its terminal, or until the page ends it.
pub(crate) async fn serve(options: ServeOptions, farewell: &Farewell) -> Result<Exit, CliError> {
    let is_public = !options.host.is_loopback();
    if is_public && (options.auth != Auth::Token || options.tls_cert.is_none()) {
        let needs = "needs --auth token, --tls-cert and --tls-key: others on the network could use it";
        return Err(CliError::Runtime(format!("listening at {} {needs}", options.host)));
    }
    let mut signals = Signals::listen()?;
    let page = match page::folder() {
        Some(folder) => page::Files::load(&folder)?,
        None => page::Files::default(),
    };
    let tls = tls(&options).await?;
    let home = home::Home::open()?;
    let helper = Arc::new(open(&home, &options)?);
    let listeners = listen::bind(options.host, options.port)?;
    let port = port_of(&listeners)?;
    let scheme = if tls.is_some() { "https" } else { "http" };
    let access = match options.auth {
        Auth::None => None,
        Auth::Token => {
            let fail = |e| CliError::Runtime(format!("the token in {} can't be used: {e}", home.token().display()));
            Some(Arc::new(Access::open(&home.token(), port, tls.is_some()).map_err(fail)?))
        }
    };
    let file = home.webhook_secret();
    let secret = webhooks::Secret::open(&file)
        .map_err(|e| CliError::Runtime(format!("the secret in {} can't be used: {e}", file.display())))?;
    let machine = sysinfo::System::host_name().ok();
    let guard = Guard { scheme, host: options.host, port, is_public, machine, dev_origin: options.dev_origin };
    let has_page = !page.is_empty();
    let routes = routes(&helper, guard, access.clone(), page);
    let handle = Handle::new();
    let mut serving = listen_at(listeners, tls.as_ref(), &routes, &handle)?;
    let host = if is_public { options.host.to_string() } else { "127.0.0.1".to_owned() };
    let address = format!("{scheme}://{}:{port}", if host.contains(':') { format!("[{host}]") } else { host });
    home.announce(&address);
    say(&format!("listening on {address}"));
    welcome(&address, access.as_deref(), &home, has_page, !options.no_open);

    let mut running = JoinSet::new();
    running.spawn(runner::run(Arc::clone(&helper)));
    running.spawn(wait_for_owners(Arc::clone(&helper)));
    running.spawn(hardware::watch(Arc::clone(&helper)));
    running.spawn(webhooks::run(Arc::clone(&helper), helper.closing.clone(), secret, tasks::told));
    for _ in 0..stock::AT_ONCE {
        running.spawn(stock::run(Arc::clone(&helper)));
    }
    running.spawn(shelf::keep(Arc::clone(&helper)));
    running.spawn(look_around(Arc::clone(&helper)));
    tokio::select! {
        _ = signals.next() => {}
        () = helper.shut_down.notified() => {}
        Some(ended) = serving.join_next() => {
            let why = ended.map_or_else(|e| e.to_string(), |served| served.err().map_or_else(String::new, |e| e.to_string()));
            helper.closing.cancel();
            return Err(CliError::Runtime(format!("the server ended: {why}")));
        }
    }
    farewell.begin();
    note("ending; press Ctrl+C again to end at once");
    helper.hub.tell_all(&HelperMessage::Closing);
    helper.closing.cancel();
    handle.graceful_shutdown(Some(GOODBYE));
    let all_ended = async {
        while running.join_next().await.is_some() {}
        while serving.join_next().await.is_some() {}
    };
    Ok(tokio::select! {
        () = all_ended => Exit::Done,
        _ = signals.next() => Exit::Interrupted,
    })
}

/// The folder of the work that a job left, for who goes on with it while no helper serves.
pub(crate) fn folder_of(job: JobId) -> Result<PathBuf, CliError> {
    let home = home::Home::open()?;
    let fail = |e: StoreError| CliError::Runtime(e.to_string());
    let found = Store::open(&home.jobs()).and_then(|store| store.job(job)).map_err(fail)?;
    let (view, folder) = found.ok_or_else(|| CliError::Input(format!("there is no job {job}")))?;
    let none = || CliError::Input(format!("job {job} ({}) left no work to go on with", view.source.name()));
    folder.filter(|folder| place::kept(folder).is_some()).ok_or_else(none)
}

/// Everything but the port. What ran when the last helper ended is interrupted here, before anyone can ask.
fn open(home: &home::Home, options: &ServeOptions) -> Result<Helper, CliError> {
    let fail = |e: &dyn std::fmt::Display| CliError::Runtime(e.to_string());
    let out = std::path::absolute(&options.out).map_err(|e| fail(&e))?;
    let store = Store::open(&home.jobs()).map_err(|e| fail(&e))?;
    for folder in home::first_roots(&store) {
        // One that can't be opened is no reason not to start.
        match files::openable(&folder) {
            Ok(path) => store.open_root(&path).map_err(|e| fail(&e))?,
            Err(error) => tracing::info!("{}", error.message),
        }
    }
    models::store().sweep();
    let spool = Spool::open(home.uploads(), &store).map_err(|e| fail(&e))?;
    let previews = Arc::new(Previews::default());
    previews.show_feed(store.shows_feed().map_err(|e| fail(&e))?);
    // Numbers of sessions go on by the clock: one from before a restart is nobody's.
    let hub = Arc::new(Hub::new(Arc::clone(&previews), now() / 1000));
    let bench = Workbench::open(store, Arc::clone(&hub), place::kept).map_err(|e| fail(&e))?;
    let tasks = TaskSettings::new(options, home, &out).map_err(|e| fail(&e))?;
    tasks::clear_all(&bench, &tasks);
    let state = State {
        bench,
        models: shelf::unknown(),
        preferred: Preferred::default(),
        fetches: Fetches::default(),
        hardware: Hardware::default(),
        machine: None,
    };
    Ok(Helper::new(state, hub, previews, spool, out, Duration::from_secs(options.grace), tasks))
}

fn routes(helper: &Arc<Helper>, guard: Guard, access: Option<Arc<Access>>, page: page::Files) -> Router {
    let ours = Router::new()
        .route(PATH, get(session::socket))
        .route("/api/v1/uploads", post(uploads::upload))
        .route("/api/v1/jobs", get(jobs::list))
        .route("/api/v1/jobs/{job}/{verb}", post(jobs::act))
        .route("/api/v1/models", post(imports::import))
        .route("/api/v1/jobs/{job}/files/{name}", get(results::file))
        .route("/video_feed", get(mjpeg::video_feed))
        .route("/health", get(about::health))
        .with_state(Arc::clone(helper));
    let ours = ours.merge(neurapose::routes(helper)).merge(docs::routes());
    let ours = ours.merge(tasks::routes(helper));
    let door = Router::new().route(access::PATH, get(access::look).post(access::enter)).with_state(access.clone());
    let page = Router::new().fallback(page::serve).with_state(Arc::new(page));
    ours.merge(door)
        .merge(page)
        .layer(DefaultBodyLimit::max(BODY))
        .layer(middleware::from_fn_with_state(access, access::check))
        .layer(middleware::from_fn_with_state(Arc::new(guard), guard::guard))
}

type Servers = JoinSet<std::io::Result<()>>;

fn listen_at(
    listeners: Vec<TcpListener>,
    tls: Option<&RustlsConfig>,
    routes: &Router,
    handle: &Handle<std::net::SocketAddr>,
) -> Result<Servers, CliError> {
    let (mut serving, house) = (JoinSet::new(), Arc::<House>::default());
    for listener in listeners {
        let fail = |e: std::io::Error| CliError::Runtime(format!("the port can't be listened at: {e}"));
        listener.set_nonblocking(true).map_err(fail)?;
        let mut server = axum_server::from_tcp(listener).map_err(fail)?.handle(handle.clone());
        // It counts from the end of the last answer, so this is how long a connection may say nothing; how long a head
        // may take is the doorman's.
        server.http_builder().http1().timer(TokioTimer::new()).header_read_timeout(KEEP_ALIVE);
        let app = routes.clone().into_make_service_with_connect_info::<std::net::SocketAddr>();
        match tls {
            Some(config) => {
                let inner = RustlsAcceptor::new(config.clone());
                let server = server.acceptor(Doorman::before(inner, Arc::clone(&house)));
                serving.spawn(server.serve(app));
            }
            None => {
                let server = server.acceptor(Doorman::before(DefaultAcceptor, Arc::clone(&house)));
                serving.spawn(server.serve(app));
            }
        }
    }
    Ok(serving)
}

async fn tls(options: &ServeOptions) -> Result<Option<RustlsConfig>, CliError> {
    let (Some(cert), Some(key)) = (&options.tls_cert, &options.tls_key) else { return Ok(None) };
    crate::tls::provide();
    let config = RustlsConfig::from_pem_file(cert, key).await;
    let fail = |e| CliError::Runtime(format!("{} and {} can't be used: {e}", cert.display(), key.display()));
    let mut config = rustls::ServerConfig::clone(&config.map_err(fail)?.get_inner());
    // Without HTTP/2: its requests have no `Host`, and our socket is none of it.
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Some(RustlsConfig::from_config(Arc::new(config))))
}

fn port_of(listeners: &[TcpListener]) -> Result<u16, CliError> {
    let first = listeners.first().ok_or_else(|| CliError::Runtime("there is no address to listen at".to_owned()))?;
    first.local_addr().map(|address| address.port()).map_err(|e| CliError::Runtime(e.to_string()))
}

/// Tells where the page is, and opens it.
fn welcome(address: &str, access: Option<&Access>, home: &home::Home, has_page: bool, is_to_open: bool) {
    let url = match access.and_then(Access::code) {
        Some(code) => format!("{address}/#code={code}"),
        None => address.to_owned(),
    };
    if access.is_some() {
        note(&format!("open {url} (works once), or give programs the token in {}", home.token().display()));
    }
    if !has_page {
        note("the page was not built: only programs can use this; `cargo xtask run` builds it");
        return;
    }
    let has_screen = cfg!(not(target_os = "linux"))
        || ["DISPLAY", "WAYLAND_DISPLAY"]
            .iter()
            .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()));
    if is_to_open && has_screen {
        if let Err(error) = open::that_detached(&url) {
            note(&format!("no browser could be opened ({error}): open {url}"));
        }
    } else if access.is_none() {
        note(&format!("open {url} in a browser; Ctrl+C ends everything"));
    }
}

/// Work that was attached to a page stops if no page takes it up again after a restart.
async fn wait_for_owners(helper: Arc<Helper>) {
    if !helper.state().bench.has_orphans() {
        return;
    }
    tokio::select! {
        () = tokio::time::sleep(helper.grace) => helper.state().bench.stop_orphans(),
        () = helper.closing.cancelled() => {}
    }
}

/// Finds out what machine this is and which models there are, while the page is already there.
async fn look_around(helper: Arc<Helper>) {
    tokio::select! {
        () = shelf::look(&helper) => {}
        () = helper.closing.cancelled() => return,
    }
    let report = tokio::select! {
        report = doctor::ask() => report,
        () = helper.closing.cancelled() => return,
    };
    match report {
        Ok(report) => {
            let mut state = helper.state();
            helper.hub.tell_all(&HelperMessage::Machine(Box::new(report.clone())));
            state.machine = Some(report);
        }
        Err(failure) => note(&format!("warning: {}", failure.message)),
    }
}

/// Milliseconds since 1970.
fn now() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
