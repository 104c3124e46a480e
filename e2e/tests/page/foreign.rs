//! Another site's page in the same browser: a real one, that tries all it can.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use silhueta_e2e::Client;
use silhueta_e2e::browser::journey;
use silhueta_e2e::tab::SOON;

/// Serves one attacking page at any path, as long as the process lives.
fn attacker(helper: &str) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let page = ATTACK.replace("HELPER", helper);
    std::thread::spawn(move || {
        for mut socket in listener.incoming().flatten() {
            let mut request = [0; 4096];
            if socket.read(&mut request).is_ok() {
                let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n";
                // The browser may have left.
                let _ = socket.write_all(format!("{head}{page}").as_bytes());
            }
        }
    });
    port
}

/// Tries everything at once and writes what came of it into `window.came`.
const ATTACK: &str = r#"<!doctype html><title>attack</title><body><script>
const came = {}, helper = 'http://HELPER';
const loads = (kind, path) => new Promise(done => {
    const e = document.createElement(kind);
    e.onload = e.onloadeddata = () => done('loaded');
    e.onerror = () => done('refused');
    e.src = helper + path;
    document.body.append(e);
    setTimeout(() => done('nothing'), 8000);
});
const reads = (path, how) => fetch(helper + path, how).then(async r => r.type === 'opaque' ? 'opaque' : await r.text(), () => 'refused');
const socket = () => new Promise(done => {
    const s = new WebSocket('ws://HELPER/api/v1/socket');
    s.onopen = () => done('open'); s.onerror = () => done('refused');
});
(async () => {
    came.read = await reads('/health', {});
    came.blind = await reads('/health', { mode: 'no-cors' });
    came.upload = await reads('/api/v1/uploads?name=evil.mp4', { method: 'POST', mode: 'no-cors', body: 'evil', credentials: 'include' });
    came.preflight = await reads('/api/v1/uploads?name=evil.mp4', { method: 'POST', headers: { 'x-silhueta-session': '1' }, body: 'evil' });
    came.socket = await socket();
    came.picture = await loads('img', '/video_feed');
    came.icon = await loads('img', '/icon.svg');
    came.script = await loads('script', '/app.js');
    came.video = await loads('video', '/api/v1/jobs/1/files/overlay.mp4');
    const frame = document.createElement('iframe');
    frame.src = helper + '/';
    document.body.append(frame);
    await new Promise(done => { frame.onload = done; setTimeout(done, 8000); });
    try { came.frame = frame.contentDocument.body.innerText || 'empty'; } catch { came.frame = 'refused'; }
    window.came = came;
})();
</script>"#;

#[test]
fn a_foreign_page_gets_nothing_from_the_helper() {
    journey("page: a foreign page", async |server, browser| {
        let port = attacker(server.host());
        // Another site; the same machine at another port; the same site by another name.
        for origin in ["evil.example", "127.0.0.1", "localhost"] {
            let tab = browser.tab(&format!("http://{origin}:{port}/")).await;
            tab.wait("the attack's end", SOON * 3, "window.came").await;
            let came: std::collections::BTreeMap<String, String> = tab.eval("window.came").await;
            println!("  from {origin}: {came:?}");
            for (what, result) in &came {
                // An opaque answer can't be read; that it did nothing is seen below.
                let is_nothing = match what.as_str() {
                    "blind" | "upload" => ["refused", "opaque"].contains(&result.as_str()),
                    _ => ["refused", "nothing"].contains(&result.as_str()),
                };
                assert!(is_nothing, "{what} from {origin}: {result}");
            }
            assert_eq!(came.len(), 10, "{came:?}");
            // A link is allowed, and shows our page by itself; but not under a name that was bent to us.
            tab.go(&format!("http://evil.example:{}/", server.port())).await;
            let shown: String = tab.eval("document.body.innerText").await;
            assert!(shown.contains("forbidden"), "{shown}");
        }
        let uploads = std::fs::read_dir(server.state().join("uploads")).map_or(0, Iterator::count);
        assert_eq!(uploads, 0, "something was sent");
        let client = Client::connect(server).await;
        assert!(client.snapshot.jobs.is_empty());
    });
}
