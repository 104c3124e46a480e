//! Another site's page in the user's own browser: names that were bent to this machine, foreign origins,
//! requests that a browser makes without asking.

use silhueta_e2e::raw::{request, upgrade};
use silhueta_e2e::{Server, raw};

use super::{assault, careless};

#[test]
fn only_the_helpers_own_names_are_answered() {
    let Some(server) = Server::start("attacks: host") else { return };
    let (port, own) = (server.port(), server.host());
    let line = |line: &str, hosts: &[String]| {
        let hosts: String = hosts.iter().map(|host| format!("Host: {host}\r\n")).collect();
        format!("{line}\r\n{hosts}Connection: close\r\n\r\n").into_bytes()
    };
    let get = |host: String| line("GET /health HTTP/1.1", &[host]);
    let attacks = vec![
        ("Host: evil.example:PORT (rebinding)", get(format!("evil.example:{port}")), &[421][..]),
        ("Host: evil.example", get("evil.example".into()), &[421]),
        ("Host: 127.0.0.1.evil.example:PORT", get(format!("127.0.0.1.evil.example:{port}")), &[421]),
        ("Host: localhost.evil.example:PORT", get(format!("localhost.evil.example:{port}")), &[421]),
        ("Host: localhost.:PORT (dot at the end)", get(format!("localhost.:{port}")), &[421]),
        ("Host: 127.0.0.1 (no port)", get("127.0.0.1".into()), &[421]),
        ("Host: 127.0.0.1:1 (another port)", get("127.0.0.1:1".into()), &[421]),
        ("Host: 0.0.0.0:PORT", get(format!("0.0.0.0:{port}")), &[421]),
        ("Host: 127.1:PORT", get(format!("127.1:{port}")), &[421]),
        ("Host: 2130706433:PORT", get(format!("2130706433:{port}")), &[421]),
        ("Host: [::ffff:127.0.0.1]:PORT", get(format!("[::ffff:127.0.0.1]:{port}")), &[421]),
        ("Host: user@127.0.0.1:PORT", get(format!("user@127.0.0.1:{port}")), &[421, 400]),
        ("Host: 127.0.0.1:PORT#.evil.example", get(format!("{own}#.evil.example")), &[421, 400]),
        ("Host: 127.0.0.1:PORT:PORT", get(format!("{own}:{port}")), &[421, 400]),
        (
            "Host with bytes that are no text",
            b"GET /health HTTP/1.1\r\nHost: \xff\xfe\r\nConnection: close\r\n\r\n".to_vec(),
            &[421, 400],
        ),
        ("no Host", line("GET /health HTTP/1.1", &[]), &[421, 400]),
        ("empty Host", get(String::new()), &[421, 400]),
        ("HTTP/1.0 without Host", line("GET /health HTTP/1.0", &[]), &[421, 400]),
        ("two Hosts, own first", line("GET /health HTTP/1.1", &[own.into(), "evil.example".into()]), &[421, 400]),
        ("two Hosts, own last", line("GET /health HTTP/1.1", &["evil.example".into(), own.into()]), &[421, 400]),
        (
            "absolute form of evil.example, own Host",
            line("GET http://evil.example/health HTTP/1.1", &[own.into()]),
            &[421, 400],
        ),
        (
            "absolute form of own, Host evil.example",
            line(&format!("GET http://{own}/health HTTP/1.1"), &["evil.example".into()]),
            &[421, 400],
        ),
        ("CONNECT evil.example:80", line("CONNECT evil.example:80 HTTP/1.1", &[own.into()]), &[421, 400, 405]),
        (
            "X-Forwarded-Host doesn't help",
            [
                &b"GET /health HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: "[..],
                own.as_bytes(),
                b"\r\nConnection: close\r\n\r\n",
            ]
            .concat(),
            &[421],
        ),
        ("the page itself for evil.example", line("GET / HTTP/1.1", &[format!("evil.example:{port}")]), &[421]),
        ("own: 127.0.0.1:PORT is answered", get(own.into()), &[200]),
        ("own: LOCALHOST:PORT is answered", get(format!("LOCALHOST:{port}")), &[200]),
        ("own: [::1]:PORT is answered", get(format!("[::1]:{port}")), &[200]),
    ];
    assault(&server, "hosts", attacks);
}

#[test]
fn another_sites_page_gets_nothing() {
    let Some(server) = Server::start("attacks: origin") else { return };
    let (port, own) = (server.port(), server.host().to_owned());
    let foreign = [
        "http://evil.example".to_owned(),
        format!("http://evil.example:{port}"),
        "null".to_owned(),
        "http://127.0.0.1:3000".to_owned(),
        "http://localhost:8080".to_owned(),
        format!("http://localhost:{port}"),
        format!("https://{own}"),
        format!("http://{own}.evil.example"),
        format!("http://{own}@evil.example"),
        format!("http://evil.example#{own}"),
        "http://127.0.0.1".to_owned(),
        "file://".to_owned(),
        String::new(),
        "chrome-extension://abcdefghijklmnopabcdefghijklmnop".to_owned(),
    ];
    let mut attacks = Vec::new();
    let names: Vec<_> = foreign
        .iter()
        .map(|o| {
            [
                format!("socket from {o:?}"),
                format!("upload from {o:?}"),
                format!("access from {o:?}"),
                format!("GET /health from {o:?}"),
                format!("preflight from {o:?}"),
            ]
        })
        .collect();
    for (origin, [socket, upload, access, health, preflight]) in foreign.iter().zip(&names) {
        let header = format!("Origin: {origin}\r\n");
        attacks.push((socket.as_str(), upgrade(&server, &header), &[403][..]));
        let simple = format!("{header}Content-Type: text/plain\r\n");
        attacks.push((upload, request(&server, "POST", "/api/v1/uploads?name=a.mp4", &simple, "x"), &[403]));
        attacks.push((access, request(&server, "POST", "/api/v1/access", &simple, "{\"code\":\"x\"}"), &[403]));
        attacks.push((health, request(&server, "GET", "/health", &header, ""), &[403]));
        let ask =
            format!("{header}Access-Control-Request-Method: POST\r\nAccess-Control-Request-Private-Network: true\r\n");
        attacks.push((preflight, request(&server, "OPTIONS", "/api/v1/uploads?name=a.mp4", &ask, ""), &[403]));
    }
    let twice = format!("Origin: http://{own}\r\nOrigin: http://evil.example\r\n");
    attacks.push(("socket with two origins", upgrade(&server, &twice), &[403]));
    attacks.push(("own page opens the socket", upgrade(&server, &format!("Origin: http://{own}\r\n")), &[101]));
    attacks.push(("a program opens the socket", upgrade(&server, ""), &[101]));
    assault(&server, "origins", attacks);
}

#[test]
fn what_a_browser_fetches_for_another_site_is_refused() {
    let Some(server) = Server::start("attacks: fetch metadata") else { return };
    let fetch = |site: &str, mode: &str, dest: &str| {
        format!("Sec-Fetch-Site: {site}\r\nSec-Fetch-Mode: {mode}\r\nSec-Fetch-Dest: {dest}\r\n")
    };
    let mut attacks = Vec::new();
    for site in ["cross-site", "same-site"] {
        let get = |path: &str, mode: &str, dest: &str| request(&server, "GET", path, &fetch(site, mode, dest), "");
        attacks.extend([
            ("<img> of /video_feed", get("/video_feed", "no-cors", "image"), &[403][..]),
            ("<video> of a result", get("/api/v1/jobs/1/files/overlay.mp4", "no-cors", "video"), &[403]),
            ("<script> of /app.js", get("/app.js", "no-cors", "script"), &[403]),
            ("fetch of /health", get("/health", "cors", "empty"), &[403]),
            ("fetch without CORS of /health", get("/health", "no-cors", "empty"), &[403]),
            ("<iframe> of the page", get("/", "navigate", "iframe"), &[403]),
            ("<object> of the page", get("/", "navigate", "object"), &[403]),
            ("a link to a result", get("/api/v1/jobs/1/files/pose.json", "navigate", "document"), &[403]),
            ("a link to /video_feed", get("/video_feed", "navigate", "document"), &[403]),
            ("a form to the page", request(&server, "POST", "/", &fetch(site, "navigate", "document"), "a=b"), &[403]),
            ("a socket", upgrade(&server, &fetch(site, "websocket", "empty")), &[403]),
            // 404 where the page was not built.
            ("a link to the page is shown", get("/processar", "navigate", "document"), &[200, 404]),
        ]);
    }
    attacks.push((
        "Sec-Fetch-Site that nobody knows",
        request(&server, "GET", "/health", "Sec-Fetch-Site: moon\r\n", ""),
        &[403],
    ));
    attacks.push((
        "typed into the address line",
        request(&server, "GET", "/health", &fetch("none", "navigate", "document"), ""),
        &[200],
    ));
    assault(&server, "fetches for other sites", attacks);
}

#[test]
fn every_answer_keeps_to_itself() {
    let Some(server) = Server::start("attacks: headers") else { return };
    for (method, path) in [
        ("GET", "/"),
        ("GET", "/processar"),
        ("GET", "/health"),
        ("GET", "/nothing"),
        ("GET", "/api/v1/access"),
        ("GET", "/api/v1/socket"),
        ("POST", "/api/v1/uploads"),
        ("DELETE", "/api/v1/uploads"),
        ("GET", "/api/v1/jobs/1/files/pose.json"),
        ("TRACE", "/"),
        ("PUT", "/app.js"),
    ] {
        let reply = raw::send(&server, &request(&server, method, path, "", ""));
        println!("  {method} {path:<40} {}", reply.short());
        assert_eq!(careless(&reply), Vec::<String>::new(), "{method} {path}");
        assert!(reply.header("content-security-policy").is_some(), "{method} {path}: {reply:?}");
        assert!(reply.header("server").is_none() && reply.header("x-powered-by").is_none());
    }
}
