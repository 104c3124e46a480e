//! A client that wants files it was not shown: out of the folders that the user opened, or by its path.

use std::path::Path;

use silhueta_e2e::{Client, Server};
use silhueta_shared::protocol::{
    Answer, Ask, EntryKind, ErrorCode, JobSettings, Page, RootId, SourceRef, StartRun, WireError,
};

/// A folder beside the open one with a secret in it, links into it, and things that are hidden.
fn lay_out(server: &Server) {
    let (videos, outside) = (server.videos(), server.helper.at("outside"));
    for folder in [&videos.join("trip"), &videos.join(".hidden"), &outside] {
        std::fs::create_dir_all(folder).unwrap();
    }
    let secret =
        |path: &Path| std::io::Write::write_all(&mut std::fs::File::create(path).unwrap(), b"TOP SECRET").unwrap();
    for path in [
        outside.join("secret.mp4"),
        videos.join(".hidden/film.mp4"),
        videos.join("notes.txt"),
        videos.join("trip/a.mp4"),
    ] {
        secret(&path);
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::symlink;
        symlink(&outside, videos.join("out")).unwrap();
        symlink(outside.join("secret.mp4"), videos.join("link.mp4")).unwrap();
        symlink(videos.join("trip"), videos.join("way")).unwrap();
        symlink("/", videos.join("all")).unwrap();
        symlink("loop", videos.join("loop")).unwrap();
    }
}

async fn open_videos(client: &mut Client, server: &Server) -> RootId {
    let path = server.videos().display().to_string();
    let Ok(Answer::Roots(roots)) = client.ask(Ask::OpenRoot { path: path.clone() }).await else {
        panic!("{path} opens")
    };
    roots.iter().find(|root| Path::new(&root.path).ends_with("home/Videos")).unwrap().id
}

fn code<T: std::fmt::Debug>(result: Result<T, WireError>) -> ErrorCode {
    result.unwrap_err().code
}

#[tokio::test]
async fn nothing_leads_out_of_an_open_folder() {
    let Some(server) = Server::start("attacks: browse") else { return };
    lay_out(&server);
    let mut client = Client::as_page(&server).await;
    wait_for_models(&mut client).await;
    let root = open_videos(&mut client, &server).await;
    let outside = server.helper.at("outside").display().to_string();
    let paths = [
        "..",
        "../outside",
        "trip/..",
        "trip/../../outside",
        "./trip",
        ".",
        "/",
        "/etc",
        "//etc",
        &outside,
        "trip//",
        "/trip",
        "trip\\..\\..",
        "..\\outside",
        "trip\0",
        "\0",
        ".hidden",
        "out",
        "all",
        "all/etc",
        "way/../..",
        "%2e%2e",
        "..%2foutside",
        "C:\\",
        "~",
        "trip/\u{202e}..",
        "loop",
        &"a/".repeat(3000),
        &"a".repeat(5000),
        "notes.txt",
    ];
    for path in paths {
        let shown = client.ask(Ask::Browse { root, path: path.to_owned() }).await;
        let short: String = path.chars().take(30).collect();
        println!("  browse {short:<36?} {:?}", shown.as_ref().map_err(|error| error.code));
        let code = code(shown);
        assert!(matches!(code, ErrorCode::OutsideRoots | ErrorCode::NotFound), "{path:?}: {code:?}");
    }
    for path in [
        "link.mp4",
        "out/secret.mp4",
        "../outside/secret.mp4",
        ".hidden/film.mp4",
        "trip/../link.mp4",
        "notes.txt",
        "trip",
        "",
    ] {
        let source = SourceRef::File { root, path: path.to_owned() };
        let looked = client.ask(Ask::Inspect { source: source.clone() }).await;
        println!("  inspect {path:<35?} {:?}", looked.as_ref().map_err(|error| error.code));
        assert!(matches!(code(looked), ErrorCode::OutsideRoots | ErrorCode::NotFound | ErrorCode::NotAVideo), "{path}");
        let settings = JobSettings::default();
        let run = StartRun { page: Page::Processar, sources: vec![source], settings, attached: false };
        let started = client.ask(Ask::Start(run)).await;
        if path != "notes.txt" {
            assert!(matches!(code(started), ErrorCode::OutsideRoots | ErrorCode::NotFound), "start {path}");
        }
    }
    // What is below is listed, links that stay below included, and nothing hidden.
    let Ok(Answer::Listing(listing)) = client.ask(Ask::Browse { root, path: String::new() }).await else { panic!() };
    let names: Vec<_> = listing.entries.iter().map(|entry| entry.name.as_str()).collect();
    assert!(names.contains(&"trip") && !names.contains(&".hidden") && !names.contains(&"notes.txt"), "{names:?}");
    assert!(listing.entries.iter().all(|entry| matches!(entry.kind, EntryKind::Folder | EntryKind::Video)));
    assert!(client.ask(Ask::Browse { root, path: "trip".into() }).await.is_ok());
    assert!(client.ask(Ask::Browse { root, path: "way".into() }).await.is_ok());
}

#[tokio::test]
async fn a_browser_names_no_file_by_its_path() {
    let Some(server) = Server::start("attacks: paths as sources") else { return };
    lay_out(&server);
    let path = server.helper.at("outside/secret.mp4").display().to_string();
    let source = SourceRef::Path { path };
    let run = StartRun {
        page: Page::Processar,
        sources: vec![source.clone()],
        settings: JobSettings::default(),
        attached: false,
    };
    let mut page = Client::as_page(&server).await;
    wait_for_models(&mut page).await;
    assert_eq!(code(page.ask(Ask::Inspect { source: source.clone() }).await), ErrorCode::PathNotAllowed);
    assert_eq!(code(page.ask(Ask::Start(run)).await), ErrorCode::PathNotAllowed);
    // A program may; this one is no video.
    let mut program = Client::connect(&server).await;
    assert_eq!(code(program.ask(Ask::Inspect { source }).await), ErrorCode::NotAVideo);
    for path in
        ["relative.mp4", "", "../outside/secret.mp4", "/etc", "/nowhere.mp4", "/dev/zero", "/proc/self/mem", "\0"]
    {
        let source = SourceRef::Path { path: path.into() };
        let looked = code(program.ask(Ask::Inspect { source }).await);
        println!("  a program inspects {path:<24?} {looked:?}");
        assert!(
            matches!(looked, ErrorCode::BadValue | ErrorCode::NotFound | ErrorCode::NotAVideo),
            "{path}: {looked:?}"
        );
    }
}

#[tokio::test]
async fn a_closed_folder_is_closed_and_the_system_is_never_opened() {
    let Some(server) = Server::start("attacks: roots") else { return };
    lay_out(&server);
    let mut client = Client::as_page(&server).await;
    for path in
        ["/", "/etc", "/proc", "/proc/self", "/sys", "/dev", "/usr/lib", "relative", "", "..", "\0", "/nowhere", "~"]
    {
        let opened = code(client.ask(Ask::OpenRoot { path: path.into() }).await);
        println!("  open {path:<24?} {opened:?}");
        assert_eq!(opened, ErrorCode::BadValue, "{path}");
    }
    #[cfg(unix)]
    {
        let link = server.helper.at("innocent");
        std::os::unix::fs::symlink("/etc", &link).unwrap();
        assert_eq!(code(client.ask(Ask::OpenRoot { path: link.display().to_string() }).await), ErrorCode::BadValue);
    }
    let root = open_videos(&mut client, &server).await;
    let mut other = Client::as_page(&server).await;
    assert!(other.ask(Ask::Browse { root, path: "trip".into() }).await.is_ok());
    client.ask(Ask::CloseRoot { root }).await.unwrap();
    assert_eq!(code(other.ask(Ask::Browse { root, path: "trip".into() }).await), ErrorCode::NotFound);
    let source = SourceRef::File { root, path: "trip/a.mp4".into() };
    assert_eq!(code(other.ask(Ask::Inspect { source }).await), ErrorCode::NotFound);
    assert_eq!(code(client.ask(Ask::CloseRoot { root }).await), ErrorCode::NotFound);
    let never = RootId::new(u64::MAX).unwrap();
    assert_eq!(code(client.ask(Ask::Browse { root: never, path: String::new() }).await), ErrorCode::NotFound);
    // Opened again it has another name: what pointed to the closed one stays closed.
    assert_ne!(open_videos(&mut client, &server).await, root);
}

/// Returns when the helper has looked through its models.
pub(super) async fn wait_for_models(client: &mut Client) {
    use silhueta_shared::protocol::HelperMessage;
    if client.snapshot.models.models.is_empty() {
        let found = |message: &HelperMessage| matches!(message, HelperMessage::Models(_)).then_some(());
        client.wait_for("the models", std::time::Duration::from_secs(60), found).await;
    }
}
