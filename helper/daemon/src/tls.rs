//! The one provider of TLS in this process; without it rustls and reqwest panic.

/// Makes sure that it is there: called before any TLS.
pub(crate) fn provide() {
    // A second one is the same.
    if rustls::crypto::ring::default_provider().install_default().is_err() {
        tracing::debug!("the TLS provider was installed before");
    }
}
