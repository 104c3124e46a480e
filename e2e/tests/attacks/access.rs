//! `--auth token`, and the doors that are not opened without it.

use std::time::{Duration, Instant};

use silhueta_e2e::raw::{request, upgrade};
use silhueta_e2e::server::command;
use silhueta_e2e::{Helper, Server, raw};

use super::assault;

fn with_token(test: &str) -> Option<(Server, String)> {
    let helper = Helper::new(test)?;
    let models = helper.data.join("models");
    let server = Server::with(helper, models, &["--auth", "token"]);
    let token = std::fs::read_to_string(server.state().join("token")).expect("the token's file");
    Some((server, token.trim().to_owned()))
}

#[test]
fn nothing_is_answered_without_the_token() {
    let Some((server, token)) = with_token("attacks: token") else { return };
    assert!(token.len() >= 43, "less than 256 bits: {} characters", token.len());
    let get = |path: &str, headers: &str| request(&server, "GET", path, headers, "");
    let mut attacks = Vec::new();
    let bearer = |value: &str| format!("Authorization: {value}\r\n");
    for (name, headers) in [
        ("no token", String::new()),
        ("an empty token", bearer("Bearer ")),
        ("a wrong token", bearer(&format!("Bearer {}", "0".repeat(token.len())))),
        ("a token cut short", bearer(&format!("Bearer {}", &token[1..]))),
        ("a token and more", bearer(&format!("Bearer {token}0"))),
        ("another scheme", bearer(&format!("Basic {token}"))),
        ("the token as a cookie", format!("Cookie: silhueta_{}={token}\r\n", server.port())),
        ("an empty cookie", format!("Cookie: silhueta_{}=\r\n", server.port())),
        ("a cookie from nowhere", "Cookie: session=1; token=1\r\n".to_owned()),
        ("our own origin is no token", format!("Origin: {}\r\n", server.address)),
    ] {
        for path in ["/health", "/video_feed", "/api/v1/access", "/api/v1/jobs/1/files/pose.json", "/api/v1/nothing"] {
            attacks.push((name, get(path, &headers), &[401][..]));
        }
        attacks.push((name, upgrade(&server, &headers), &[401]));
        attacks.push((name, request(&server, "POST", "/api/v1/uploads?name=a.mp4", &headers, "x"), &[401]));
    }
    let query = format!("/health?token={token}");
    let slashed = format!("/{token}");
    attacks.extend([
        ("the token in the query", get(&query, ""), &[401][..]),
        ("the token in the path", get(&slashed, ""), &[401, 404]),
        ("a path that only looks like a file", get("/api/v1/jobs/1/files/x.js", ""), &[401]),
        ("//health", get("//health", ""), &[401, 404]),
        ("/health/", get("/health/", ""), &[401, 404]),
        ("/%68ealth", get("/%68ealth", ""), &[401, 404]),
        ("the page holds no secret", request(&server, "GET", "/processar", "Accept: text/html\r\n", ""), &[200, 404]),
        ("the token opens", get("/health", &bearer(&format!("Bearer {token}"))), &[200]),
        ("the token opens the socket", upgrade(&server, &bearer(&format!("Bearer {token}"))), &[101]),
        (
            "the token doesn't help a foreign page",
            get("/health", &format!("{}Origin: http://evil.example\r\n", bearer(&format!("Bearer {token}")))),
            &[403],
        ),
        (
            "nor a wrong host",
            format!(
                "GET /health HTTP/1.1\r\nHost: evil.example\r\n{}Connection: close\r\n\r\n",
                bearer(&format!("Bearer {token}"))
            )
            .into_bytes(),
            &[421],
        ),
    ]);
    attacks_without_health(&server, attacks);
    assert!(!server.complaints().contains(&token), "the token is in the log:\n{}", server.complaints());
}

/// As [`assault`], whose look at the end needs the token.
fn attacks_without_health(server: &Server, attacks: Vec<(&str, Vec<u8>, &[u16])>) {
    let mut wrong = Vec::new();
    for (name, bytes, wanted) in attacks {
        let reply = raw::send(server, &bytes);
        let line = String::from_utf8_lossy(&bytes).lines().next().unwrap_or_default().replace(" HTTP/1.1", "");
        println!("  {name:<40} {line:<50.50} {}", reply.short());
        if !wanted.contains(&reply.status) {
            wrong.push(format!("{name} {line}: {} is none of {wanted:?}", reply.short()));
        }
        wrong.extend(super::careless(&reply).into_iter().map(|why| format!("{name}: {why}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(!server.complaints().contains("panicked"), "{}", server.complaints());
}

#[test]
fn a_code_works_once_and_gives_a_cookie_that_scripts_never_see() {
    let Some((server, token)) = with_token("attacks: one-shot code") else { return };
    // It is told right after the address.
    let end = Instant::now() + Duration::from_secs(10);
    while !server.complaints().contains("#code=") {
        assert!(Instant::now() < end, "no code was told:\n{}", server.complaints());
        std::thread::sleep(Duration::from_millis(20));
    }
    let said = server.complaints();
    let (_, rest) = said.split_once("#code=").unwrap();
    let code: String = rest.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect();
    assert!(code != token && code.len() >= 43);
    let enter = |body: &str| {
        raw::send(&server, &request(&server, "POST", "/api/v1/access", "Content-Type: application/json\r\n", body))
    };
    for (name, body) in [
        ("nothing", "{}".to_owned()),
        ("no JSON", "code".to_owned()),
        ("a guess", format!("{{\"code\":\"{}\"}}", "0".repeat(code.len()))),
        ("the code as a token", format!("{{\"token\":\"{code}\"}}")),
        ("the token as a code", format!("{{\"code\":\"{token}\"}}")),
        ("both", format!("{{\"code\":\"x\",\"token\":\"{token}\"}}")),
        ("a list", "[1]".to_owned()),
        ("deep JSON", "[".repeat(900)),
    ] {
        let reply = enter(&body);
        println!("  {name:<40} {}", reply.short());
        assert_eq!(reply.status, 401, "{name}: {}", reply.text());
        assert!(reply.header("set-cookie").is_none());
    }
    let reply = enter(&format!("{{\"code\":\"{code}\"}}"));
    assert_eq!(reply.status, 204, "{}", reply.text());
    let cookie = reply.header("set-cookie").expect("a cookie").to_owned();
    println!(
        "  the code                                 204 {}",
        cookie.split_once(';').map_or("", |(_, flags)| flags)
    );
    for flag in ["HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(cookie.contains(flag), "{cookie}");
    }
    assert!(!cookie.contains(&token) && !cookie.contains(&code), "a secret is in the cookie: {cookie}");
    assert!(!cookie.to_lowercase().contains("domain"), "{cookie}");
    let pair = cookie.split(';').next().unwrap();
    let with = |path: &str, more: &str| {
        raw::send(&server, &request(&server, "GET", path, &format!("Cookie: {pair}\r\n{more}"), ""))
    };
    assert_eq!(with("/health", "").status, 200);
    assert_eq!(with("/health", "Origin: http://evil.example\r\n").status, 403, "a cookie doesn't open for others");
    assert_eq!(enter(&format!("{{\"code\":\"{code}\"}}")).status, 401, "the code worked twice");
    assert_eq!(enter(&format!("{{\"token\":\"{token}\"}}")).status, 204, "the token typed by hand");
}

#[test]
#[cfg(unix)]
fn only_the_user_reads_what_is_kept() {
    use std::os::unix::fs::PermissionsExt as _;
    let Some((server, _)) = with_token("attacks: private files") else { return };
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&server.state().join("token")), 0o600);
    assert_eq!(mode(&server.state()), 0o700);
}

#[test]
fn other_addresses_are_opened_only_with_token_and_certificate() {
    let Some(helper) = Helper::new("attacks: other addresses") else { return };
    for folder in ["home/Videos", "home/data", "home/state", "here"] {
        std::fs::create_dir_all(helper.at(folder)).unwrap();
    }
    let models = helper.data.join("models");
    for args in [
        &["--host", "0.0.0.0"][..],
        &["--host", "::"],
        &["--host", "192.0.2.1"],
        &["--host", "0.0.0.0", "--auth", "token"],
        &["--host", "0.0.0.0", "--auth", "none"],
    ] {
        let mut all = vec!["--port", "0"];
        all.extend(args);
        let output = command(&helper, &models, &all).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        println!(
            "  serve {:<36} exit {:?}: {}",
            args.join(" "),
            output.status.code(),
            said.lines().next().unwrap_or_default()
        );
        assert!(!output.status.success() && said.contains("--auth token"), "{args:?}: {said}");
        assert!(output.stdout.is_empty(), "{args:?} was listening");
    }
}

#[test]
fn the_port_is_open_on_this_machine_only() {
    let Some(server) = Server::start("attacks: addresses") else { return };
    let port = server.port();
    assault(&server, "addresses", vec![("127.0.0.1 answers", request(&server, "GET", "/health", "", ""), &[200])]);
    // Every other address of this machine refuses.
    let table = std::fs::read_to_string("/proc/net/tcp").unwrap_or_default();
    let listening = table.lines().filter(|line| line.contains(&format!(":{port:04X} ")) && line.contains(" 0A "));
    let addresses: Vec<_> = listening.filter_map(|line| line.split_whitespace().nth(1)).collect();
    assert!(addresses.iter().all(|address| address.starts_with("0100007F:")), "{addresses:?}");
    let probe = std::net::UdpSocket::bind("0.0.0.0:0").unwrap();
    if probe.connect("192.0.2.1:9").is_ok() {
        let own = probe.local_addr().unwrap().ip();
        if !own.is_loopback() {
            assert!(std::net::TcpStream::connect((own, port)).is_err(), "{own}:{port} is open");
        }
    }
}
