//! Lines that talk to the task API, for people to copy. They hold for any POSIX shell as they stand.

use serde_json::json;

/// Where the API is, and what it asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Curl {
    /// The page's own origin: `http://localhost:8000`.
    pub(crate) origin: String,
    /// The file with the token, where programs need one.
    pub(crate) token_file: Option<String>,
}

impl Curl {
    /// Posts a video by its path.
    pub(crate) fn post(&self, video: &str) -> String {
        let body = json!({ "video_filename": video }).to_string();
        let json = "-H 'Content-Type: application/json'".to_owned();
        self.line("-X POST ", "/process", vec![json, format!("-d {}", quoted(&body))])
    }

    /// Sends a video's bytes.
    pub(crate) fn upload(&self, video: &str) -> String {
        // Within a form curl has quotes of its own: `;` and `,` would else end the name.
        let name = video.replace('\\', "\\\\").replace('"', "\\\"");
        let plain = !video.contains(['\\', '"', ';', ',']);
        let form = if plain { format!("video=@{video}") } else { format!("video=@\"{name}\"") };
        // In quotes even where none are needed: people write their own path in between.
        self.line("", "/process", vec![format!("-F {}", in_quotes(&form))])
    }

    /// How a task stands.
    pub(crate) fn status(&self, id: &str) -> String {
        self.line("", &format!("/status/{id}"), Vec::new())
    }

    /// The tasks that failed.
    pub(crate) fn failed(&self) -> String {
        self.line("", "/tasks?status=failed", Vec::new())
    }

    /// Stops a task.
    pub(crate) fn cancel(&self, id: &str) -> String {
        self.line("-X POST ", &format!("/tasks/{id}/cancel"), Vec::new())
    }

    /// Forgets a task's record.
    pub(crate) fn delete(&self, id: &str) -> String {
        self.line("-X DELETE ", &format!("/tasks/{id}"), Vec::new())
    }

    /// How the helper is.
    pub(crate) fn health(&self) -> String {
        self.line("", "/health", Vec::new())
    }

    fn line(&self, method: &str, path: &str, mut rest: Vec<String>) -> String {
        if let Some(file) = &self.token_file {
            // The token itself is in no line, nor in the shell's history.
            rest.insert(0, format!("-H \"Authorization: Bearer $(cat {})\"", quoted(file)));
        }
        let first = format!("curl {method}{}", quoted(&format!("{}{path}", self.origin)));
        std::iter::once(first).chain(rest).collect::<Vec<_>>().join(" \\\n  ")
    }
}

/// One word for a POSIX shell.
fn quoted(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/:._-+@%=,".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    in_quotes(text)
}

fn in_quotes(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    fn curl(token_file: Option<&str>) -> Curl {
        Curl { origin: "http://localhost:8000".into(), token_file: token_file.map(Into::into) }
    }

    /// What a shell makes of a line: the words that curl would get.
    fn words(line: &str) -> Vec<String> {
        let script = format!("curl() {{ printf '%s\\0' \"$@\"; }}\n{line}");
        let out = Command::new("sh").args(["-c", &script]).output().unwrap();
        assert!(out.status.success(), "{line}: {}", String::from_utf8_lossy(&out.stderr));
        let words = String::from_utf8(out.stdout).unwrap();
        words.trim_end_matches('\0').split('\0').map(str::to_owned).collect()
    }

    #[test]
    fn any_path_goes_through_a_shell_as_it_is() {
        for video in ["/videos/rua.mp4", "C:\\x\\a b.mp4", "/v/it's \"$HOME\" `id`; &.mp4", "/видео/день 1.mp4"]
        {
            let words = words(&curl(None).post(video));
            assert_eq!(words[..3], ["-X", "POST", "http://localhost:8000/process"]);
            assert_eq!(words[3..6], ["-H", "Content-Type: application/json", "-d"]);
            let body: serde_json::Value = serde_json::from_str(&words[6]).unwrap();
            assert_eq!(body, json!({ "video_filename": video }));
        }
    }

    #[test]
    fn a_form_names_the_file_as_curl_reads_it() {
        assert_eq!(words(&curl(None).upload("/v/a b.mp4"))[1..], ["-F", "video=@/v/a b.mp4"]);
        assert!(curl(None).upload("/v/a.mp4").ends_with("-F 'video=@/v/a.mp4'"));
        assert_eq!(words(&curl(None).upload(r#"/v/a;"b.mp4"#))[1..], ["-F", r#"video=@"/v/a;\"b.mp4""#]);
    }

    #[test]
    fn the_token_is_read_from_its_file_when_the_line_runs() {
        let folder = tempfile::Builder::new().prefix("a folder ").tempdir().unwrap();
        let file = folder.path().join("it's a token");
        std::io::Write::write_all(&mut std::fs::File::create(&file).unwrap(), b"s3cret\n").unwrap();
        let line = curl(file.to_str()).status("7f");
        assert_eq!(words(&line), ["http://localhost:8000/status/7f", "-H", "Authorization: Bearer s3cret"]);
        assert!(!line.contains("s3cret"));
    }

    #[test]
    fn each_line_asks_for_what_it_says() {
        let curl = curl(None);
        assert_eq!(curl.failed(), "curl 'http://localhost:8000/tasks?status=failed'");
        assert_eq!(curl.cancel("7f"), "curl -X POST http://localhost:8000/tasks/7f/cancel");
        assert_eq!(curl.delete("7f"), "curl -X DELETE http://localhost:8000/tasks/7f");
        assert_eq!(curl.health(), "curl http://localhost:8000/health");
        assert_eq!(quoted(""), "''");
    }
}
