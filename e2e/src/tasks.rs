//! The task API as a script uses it.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::raw::{self, Reply};
use crate::{Helper, Server};

/// How often a script asks.
const POLL: Duration = Duration::from_millis(100);

/// Networks that do a task's work fast; the pose network is the heatmap form, brought by hand under the MMPose server's
/// name.
pub const NETWORKS: [(&str, &str); 3] = [
    ("rtmdet_nano", "rtmdet_nano"),
    ("osnet_x0_25_msmt17", "osnet_x0_25_msmt17"),
    ("tinypose_256x192_heatmap", "vitpose"),
];

/// A helper with small networks and a `vitpose`.
pub fn server(test: &str, args: &[&str]) -> Option<Server> {
    server_with(test, args, &[])
}

/// The same in an environment with these variables, too.
pub fn server_with(test: &str, args: &[&str], variables: &[(&str, &str)]) -> Option<Server> {
    let helper = Helper::new(test)?;
    let models = helper.at("models");
    std::fs::create_dir(&models).expect("a folder for models");
    for (id, name) in NETWORKS {
        let (from, to) = (helper.data.join(format!("models/{id}.onnx")), models.join(format!("{name}.onnx")));
        crate::models::copy(&from, &to);
    }
    Some(Server::with_variables(helper, models, args, variables))
}

/// Asks for JSON; status and body.
pub fn ask(server: &Server, method: &str, path: &str, body: &str) -> (u16, Value) {
    let reply = send(server, method, path, "", body);
    let text = reply.text();
    let json = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{method} {path}: {} {text}", reply.status));
    (reply.status, json)
}

/// Sends a request with more headers, each with its line's end.
pub fn send(server: &Server, method: &str, path: &str, headers: &str, body: &str) -> Reply {
    raw::send(server, &raw::request(server, method, path, headers, body))
}

/// Posts a video; the task's name.
pub fn post(server: &Server, video: &Path) -> String {
    post_with(server, video, json!({"model": "vitpose"}))
}

/// The same with other fields.
pub fn post_with(server: &Server, video: &Path, mut fields: Value) -> String {
    fields["video_filename"] = video.display().to_string().into();
    let (status, answer) = ask(server, "POST", "/process", &fields.to_string());
    assert_eq!((status, answer["status"].as_str()), (200, Some("queued")), "{answer}");
    answer["task_id"].as_str().expect("a name").to_owned()
}

/// How a task is.
pub fn status(server: &Server, task: &str) -> Value {
    let (status, answer) = ask(server, "GET", &format!("/status/{task}"), "");
    assert_eq!(status, 200, "{answer}");
    answer
}

/// Waits until a task is as wanted.
pub fn wait_for(server: &Server, task: &str, limit: Duration, wanted: impl Fn(&Value) -> bool) -> Value {
    let end = Instant::now() + limit;
    loop {
        let now = status(server, task);
        if wanted(&now) {
            return now;
        }
        assert!(Instant::now() < end, "it did not come to that: {now}");
        std::thread::sleep(POLL);
    }
}

/// Waits until a task has ended.
pub fn wait_for_end(server: &Server, task: &str, limit: Duration) -> Value {
    wait_for(server, task, limit, |now| matches!(now["status"].as_str(), Some("completed" | "failed")))
}
