//! For others on the network: TLS and a token, with a client that would rather speak HTTP/2.

use std::process::Command;

use serde_json::json;
use silhueta_e2e::tasks::NETWORKS;
use silhueta_e2e::{Helper, Server, models, skip};

const TEST: &str = "tasks: tls";

/// What curl says, with the status and the version of HTTP behind it.
fn curl(server: &Server, args: &[&str]) -> String {
    let mut command = Command::new("curl");
    command.args(["-sk", "-w", " %{http_code} HTTP/%{http_version}"]).args(args);
    let output = command.arg(format!("{}/process", server.address)).output().expect("curl runs");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn over_tls_a_script_with_the_token_is_served_whatever_its_client_would_rather_speak() {
    if ["curl", "openssl"].iter().any(|tool| Command::new(tool).arg("version").output().is_err()) {
        return skip(TEST, "curl or openssl is not installed");
    }
    let Some(helper) = Helper::new(TEST) else { return };
    let (cert, key) = (helper.at("cert.pem").display().to_string(), helper.at("key.pem").display().to_string());
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"])
        .args(["-keyout", &key, "-out", &cert])
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let folder = models::folder(&helper, &NETWORKS.map(|(id, _)| id));
    let server = Server::with(helper, folder, &["--auth", "token", "--tls-cert", &cert, "--tls-key", &key]);
    assert!(server.address.starts_with("https://"), "{}", server.address);
    let video = server.clip("walk_in_out.mp4", "street.mp4", 4);
    let body = json!({"video_filename": video.display().to_string()}).to_string();

    let refused = curl(&server, &["--http2", "-d", &body]);
    assert!(refused.ends_with(" 401 HTTP/1.1"), "{refused}");
    let token = std::fs::read_to_string(server.state().join("token")).unwrap();
    let bearer = format!("Authorization: Bearer {}", token.trim());
    let taken = curl(&server, &["--http2", "-H", &bearer, "-d", &body]);
    assert!(taken.ends_with(" 200 HTTP/1.1") && taken.contains("task_id"), "{taken}");
}
