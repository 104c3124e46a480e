//! NeuraPose's routes, as its scripts use them.

use std::time::Duration;

use serde_json::{Value, json};
use silhueta_e2e::{Server, raw};

use super::{ask, ask_as, wait_for};

/// A job on a short clip, on a busy machine.
const JOB: Duration = Duration::from_secs(240);

fn jobs(server: &Server) -> Vec<Value> {
    ask(server, "GET", "/api/v1/jobs", "").1.as_array().cloned().unwrap()
}

#[test]
fn a_script_starts_steers_and_reads_a_run_and_what_is_wrong_is_named() {
    let Some(server) = Server::start("compat: process") else { return };
    let clip = server.clip("street_720p.mp4", "street.mp4", 300);
    server.clip("street_720p.mp4", "second.mp4", 10);
    let folder = server.videos().display().to_string();
    let post = |body: Value| ask(&server, "POST", "/process", &body.to_string());
    // Nothing is at work.
    assert_eq!(ask(&server, "POST", "/process/stop", "").1["status"], "idle");
    assert_eq!(ask(&server, "POST", "/process/pause", "").0, 409);
    let models = server.helper.data.join("models");
    let model = models.join("tinypose_256x192_heatmap.onnx").display().to_string();
    let elsewhere = server.helper.at("tinypose_256x192_heatmap.onnx");
    std::fs::hard_link(&clip, &elsewhere).unwrap();
    for (body, status, field) in [
        (json!({ "input_path": server.videos().join("gone.mp4") }), 404, "input_path"),
        (json!({ "input_path": "street.mp4" }), 400, "input_path"),
        (json!({ "input_path": 5 }), 400, "input_path"),
        (json!({ "input_path": server.helper.at("here") }), 400, "input_path"),
        (json!({ "input_path": folder, "device": "tpu" }), 400, "device"),
        (json!({ "input_path": folder, "show_preview": "yes" }), 400, "show_preview"),
        (json!({ "input_path": folder, "onnx_path": "no-such-network.onnx" }), 400, "onnx_path"),
        (json!({ "input_path": folder, "onnx_path": "rtmdet_nano" }), 400, "onnx_path"),
        (json!({ "input_path": folder, "onnx_path": elsewhere }), 400, "onnx_path"),
        (json!({ "input_path": folder, "speed": 2 }), 400, "speed"),
    ] {
        let (got, answer) = post(body.clone());
        assert_eq!((got, answer["field"].as_str()), (status, Some(field)), "{body}: {answer}");
        assert!(answer["detail"].is_string() && answer["code"].is_string(), "{answer}");
    }
    assert!(jobs(&server).is_empty());

    // A browser names only what is below opened folders, whatever is there.
    let origin = format!("Origin: {}\r\n", server.address);
    for (path, status) in [("/etc/hostname", 403), ("/etc/no-such-file", 403), (&model, 403)] {
        let body = json!({ "input_path": path }).to_string();
        assert_eq!(ask_as(&server, "POST", "/process", &origin, &body).status, status, "{path}");
    }

    ask(&server, "POST", "/config/update", r#"{"YOLO_MODEL": "rtmdet_nano", "DEVICE": "cpu"}"#);
    let started = post(json!({
        "input_path": folder.replace('/', "\\"), "dataset_name": "loja", "onnx_path": model, "show_preview": true,
        "device": "auto",
    }));
    assert_eq!(started.0, 200, "{}", started.1);
    assert_eq!(started.1["status"], "started");
    assert_eq!(started.1["output_dir"], server.out().display().to_string());
    assert!(started.1["detail"].as_str().unwrap().contains("2 videos"), "{}", started.1);
    let all = jobs(&server);
    let names: Vec<_> = all.iter().map(|job| job["source"]["path"]["path"].as_str().unwrap()).collect();
    assert_eq!(names, [format!("{folder}/second.mp4"), format!("{folder}/street.mp4")]);
    let settings = &all[0]["settings"];
    assert_eq!(settings["detector"], "rtmdet_nano");
    assert_eq!((&settings["pose"], &settings["device"]), (&json!("tinypose_256x192_heatmap"), &json!("auto")));
    let (status, refused) = post(json!({ "input_path": clip }));
    assert_eq!((status, &refused["code"]), (409, &json!("page_locked")), "{refused}");
    assert_eq!(refused["lock"]["page"], "processar");

    wait_for(&server, "/health", JOB, |health| health["process_status"] == "track");
    assert_eq!(ask(&server, "POST", "/process/pause", "").1["status"], "pausing");
    wait_for(&server, "/health", JOB, |health| health["paused"] == true);
    assert_eq!(ask(&server, "POST", "/process/resume", "").1["status"], "resuming");
    wait_for(&server, "/health", JOB, |health| health["paused"] == false);
    wait_for(&server, "/api/v1/jobs", JOB, |jobs| jobs[0]["state"] == "completed");
    let logs = wait_for(&server, "/logs?category=process", JOB, |logs| {
        logs["logs"].as_array().is_some_and(|lines| lines.iter().any(|line| line.as_str().unwrap().contains("done:")))
    });
    let lines: Vec<_> = logs["logs"].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect();
    assert!(lines.iter().any(|line| line.starts_with("[INFO] second.mp4: ")), "{lines:?}");
    assert!(lines.iter().any(|line| line.starts_with("[OK] second.mp4: done:")), "{lines:?}");
    assert_eq!(ask(&server, "POST", "/process/stop", "").1["status"], "stopping");
    wait_for(&server, "/health", JOB, |health| health["processing"] == false);
    assert_eq!(jobs(&server)[1]["state"], "cancelled");

    assert_eq!(ask(&server, "DELETE", "/logs?category=process", "").0, 200);
    assert_eq!(ask(&server, "GET", "/logs", "").1["logs"], json!([]));
    assert_eq!(ask(&server, "GET", "/logs?category=train", "").1["logs"], json!([]));
    assert_eq!(ask(&server, "GET", "/logs?category=nothing", "").0, 404);
}

#[test]
fn every_setting_is_seen_in_the_next_job_and_what_is_persisted_outlives_the_helper() {
    let Some(mut server) = Server::start("compat: config") else { return };
    let clip = server.clip("street_720p.mp4", "street.mp4", 5);
    let update = |server: &Server, body: Value| ask(server, "POST", "/config/update", &body.to_string());
    for (body, field) in [
        (json!({ "YOLO_IMGSZ": 640 }), "YOLO_IMGSZ"),
        (json!({ "fps": "10" }), "fps"),
        (json!({ "FPS_TARGET": 0 }), "FPS_TARGET"),
        (json!({ "video": 1 }), "video"),
        (json!({ "device": "tpu" }), "device"),
        (json!({ "precision": "fp64" }), "precision"),
        (json!({ "tracker": "sort" }), "tracker"),
        (json!({ "preset": 1 }), "preset"),
        (json!({ "identities": "none" }), "identities"),
        (json!({ "RTMPOSE_MODEL": "rtmdet_nano" }), "RTMPOSE_MODEL"),
        (json!({ "pose": "no-such-network" }), "pose"),
        (json!({ "persist": "yes" }), "persist"),
        (json!({ "fps": 5, "FPS_TARGET": 6 }), "fps"),
        (json!({ "video": true, "again": "no" }), "again"),
    ] {
        let (status, answer) = update(&server, body.clone());
        assert_eq!((status, answer["field"].as_str()), (400, Some(field)), "{body}: {answer}");
        assert!(answer["hint"].is_string() || field == "persist" || field == "fps", "{body}: {answer}");
    }
    let unknown = update(&server, json!({ "nothing": 1 })).1;
    assert!(unknown["hint"].as_str().unwrap().contains("YOLO_MODEL"), "{unknown}");
    let models = ask(&server, "GET", "/config/all", "").1;
    assert_eq!(models["config"]["video"], false, "a refused update changed something");

    let kept = json!({ "YOLO_MODEL": "rtmdet_nano.onnx", "OSNET_MODEL": null, "video": true, "persist": true });
    assert_eq!(update(&server, kept).0, 200);
    let own = json!({ "DEVICE": "CPU", "precision": "fp32", "RTMPOSE_MODEL": "x/tinypose_256x192_heatmap/end2end.onnx",
                      "tracker": "ByteTrack", "preset": "boxmot", "identities": "off", "FPS_TARGET": 7.5, "again": true });
    let (status, updated) = update(&server, own);
    assert_eq!(status, 200, "{updated}");
    let wanted = json!({ "device": "cpu", "precision": "fp32", "detector": "rtmdet_nano", "reid": null,
                         "pose": "tinypose_256x192_heatmap", "tracker": "bytetrack", "preset": "boxmot",
                         "identities": "off", "fps": 7.5, "video": true, "again": true });
    let (_, shown) = ask(&server, "GET", "/config", "");
    assert_eq!(shown["config"], wanted);
    assert_eq!(shown["paths"]["processados"], server.out().display().to_string());
    assert_eq!(ask(&server, "GET", "/config/all", "").1["config"]["FPS_TARGET"], 7.5);
    let start = |server: &Server| {
        let (status, answer) = ask(server, "POST", "/process", &json!({ "input_path": clip }).to_string());
        assert_eq!(status, 200, "{answer}");
        ask(server, "POST", "/process/stop", "");
        let all = wait_for(server, "/api/v1/jobs", JOB, |jobs| {
            jobs.as_array().unwrap().iter().all(|job| !job["ended"].is_null())
        });
        all.as_array().unwrap().last().unwrap()["settings"].clone()
    };
    assert_eq!(start(&server), wanted, "not every setting took effect");

    server.kill();
    server.restart();
    let settings = start(&server);
    assert_eq!((&settings["detector"], &settings["video"]), (&json!("rtmdet_nano"), &json!(true)));
    assert_eq!((&settings["fps"], &settings["again"]), (&Value::Null, &json!(false)), "kept without being asked to");
    assert_eq!(ask(&server, "POST", "/config/reset", "").0, 200);
    let reset = ask(&server, "GET", "/config", "").1;
    assert_eq!((&reset["config"]["detector"], &reset["config"]["video"]), (&Value::Null, &json!(false)));
}

#[test]
fn the_switch_of_the_feed_is_kept_and_off_means_that_nothing_is_encoded() {
    use std::io::Write as _;
    let Some(mut server) = Server::start("compat: feed") else { return };
    let clip = server.clip("street_720p.mp4", "street.mp4", 20);
    let status = |server: &Server| ask(server, "GET", "/preview/status", "").1;
    assert_eq!(status(&server), json!({ "show_preview": true, "has_frame": false }));
    assert_eq!(ask(&server, "POST", "/preview/toggle?enabled=maybe", "").0, 400);
    assert_eq!(ask(&server, "POST", "/preview/toggle", "").1["field"], "enabled");
    assert_eq!(ask(&server, "POST", "/preview/toggle?enabled=false", "").1["show_preview"], false);
    server.kill();
    server.restart();
    assert_eq!(status(&server)["show_preview"], false, "the switch was not kept");
    ask(&server, "POST", "/config/update", r#"{"detector": "rtmdet_nano", "again": true}"#);
    let mut encoded = Vec::new();
    for on in [false, true] {
        assert_eq!(ask(&server, "POST", &format!("/set_preview_state/{on}"), "").1["show_preview"], on);
        let mut feed = raw::connect(&server);
        feed.write_all(format!("GET /video_feed HTTP/1.0\r\nHost: {}\r\n\r\n", server.host()).as_bytes()).unwrap();
        // Somebody has to read, or nothing would be encoded either way.
        let reading = std::thread::spawn(move || std::io::copy(&mut feed, &mut std::io::sink()).ok());
        assert_eq!(ask(&server, "POST", "/process", &json!({ "input_path": clip }).to_string()).0, 200);
        let all = wait_for(&server, "/api/v1/jobs", JOB, |jobs| {
            jobs.as_array().unwrap().iter().all(|job| !job["ended"].is_null())
        });
        encoded.push(all.as_array().unwrap().last().unwrap()["results"]["preview_frames"].as_u64().unwrap());
        drop(reading);
    }
    println!("pictures encoded while it was off and on: {encoded:?}");
    assert!(encoded[0] == 0 && encoded[1] > 0, "{encoded:?}");
    assert_eq!(ask(&server, "POST", "/shutdown", "").0, 200);
    assert!(server.ended(Duration::from_secs(5)).is_some_and(|status| status.success()));
}
