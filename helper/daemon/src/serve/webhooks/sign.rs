//! Signatures of webhooks, as the Standard Webhooks specification has them: HMAC-SHA256 of `id.timestamp.body`.

use std::fmt;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::serve::secret;

/// What a secret begins with in its file.
const MARK: &str = "whsec_";
/// Bytes of a secret, as the specification wants them.
const SIZES: std::ops::RangeInclusive<usize> = 24..=64;

/// What messages are signed with.
#[derive(Clone)]
pub(in crate::serve) struct Secret(Vec<u8>);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    /// Takes the secret from its file, or makes one; only its owner may read it.
    ///
    /// # Errors
    /// The file can't be read or made, or holds something else.
    pub(in crate::serve) fn open(file: &Path) -> std::io::Result<Self> {
        let text = match std::fs::read_to_string(file) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let mut bytes = [0; 32];
                getrandom::fill(&mut bytes).map_err(std::io::Error::other)?;
                let text = format!("{MARK}{}", STANDARD.encode(bytes));
                secret::write_private(file, &text)?;
                text
            }
            Err(error) => return Err(error),
        };
        let bytes = text.trim().strip_prefix(MARK).and_then(|text| STANDARD.decode(text).ok());
        let bytes = bytes.filter(|bytes| SIZES.contains(&bytes.len()));
        // Replacing it would make receivers refuse everything without a word of why.
        bytes.map(Self).ok_or_else(|| std::io::Error::other("it is not whsec_ and base64 of 24 to 64 bytes: delete it"))
    }

    /// The value of `webhook-signature`.
    pub(super) fn sign(&self, id: &str, timestamp: u64, body: &str) -> String {
        // A key of HMAC may have any length.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else { return String::new() };
        mac.update(format!("{id}.{timestamp}.{body}").as_bytes());
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    /// The secret, message and signature that the specification's own documentation shows.
    #[test]
    fn the_documented_example_comes_out() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("webhook.secret");
        secret::write_private(&file, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n").unwrap();
        let secret = Secret::open(&file).unwrap();
        let signature = secret.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_secret_is_made_once_for_its_owner_alone_and_never_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("webhook.secret");
        let secret = Secret::open(&file).unwrap();
        assert_eq!((secret.0.len(), &Secret::open(&file).unwrap().0), (32, &secret.0));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        }
        for bad in ["", "secret", "whsec_", "whsec_AAAA", "whsec_!!!"] {
            let mut file = std::fs::File::create(folder.path().join("bad")).unwrap();
            file.write_all(bad.as_bytes()).unwrap();
            assert!(Secret::open(&folder.path().join("bad")).is_err(), "{bad:?}");
        }
    }
}
