//! A WebSocket of the browser with Rust's callbacks; dropping it closes it and calls nothing any more.

use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use web_sys::{BinaryType, MessageEvent, WebSocket};

/// An open or opening socket.
pub(super) struct Socket {
    socket: WebSocket,
    _open: Closure<dyn FnMut()>,
    _message: Closure<dyn FnMut(MessageEvent)>,
    _close: Closure<dyn FnMut()>,
}

impl Socket {
    /// Opens a socket to `path` of the page's own origin.
    pub(super) fn open(
        path: &str,
        on_open: impl FnMut() + 'static,
        mut on_bytes: impl FnMut(Vec<u8>) + 'static,
        on_close: impl FnMut() + 'static,
    ) -> Option<Self> {
        let location = web_sys::window()?.location();
        let scheme = if location.protocol().ok()? == "https:" { "wss" } else { "ws" };
        let socket = WebSocket::new(&format!("{scheme}://{}{path}", location.host().ok()?)).ok()?;
        socket.set_binary_type(BinaryType::Arraybuffer);
        let open = Closure::new(on_open);
        let message = Closure::new(move |event: MessageEvent| {
            // Text is nothing that the helper sends: it is let go.
            if let Ok(buffer) = event.data().dyn_into::<js_sys::ArrayBuffer>() {
                on_bytes(js_sys::Uint8Array::new(&buffer).to_vec());
            }
        });
        let close = Closure::new(on_close);
        socket.set_onopen(Some(open.as_ref().unchecked_ref()));
        socket.set_onmessage(Some(message.as_ref().unchecked_ref()));
        socket.set_onclose(Some(close.as_ref().unchecked_ref()));
        Some(Self { socket, _open: open, _message: message, _close: close })
    }

    /// Sends bytes; whether the browser took them.
    pub(super) fn send(&self, bytes: &[u8]) -> bool {
        self.socket.ready_state() == WebSocket::OPEN && self.socket.send_with_u8_array(bytes).is_ok()
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.socket.set_onopen(None);
        self.socket.set_onmessage(None);
        self.socket.set_onclose(None);
        // Closing what is closed already is no error of ours.
        drop(self.socket.close());
    }
}
