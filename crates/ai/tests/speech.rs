//! Speech to text as far as it goes without weights: files that are no models, and models that
//! have none.

#[path = "shared.rs"]
mod shared;

use std::num::NonZeroUsize;
use std::path::Path;

use ai::Error;
use ai::speech::{Options, transcribe, verify_model};
use footage::time::SourceRange;
use footage::words::Transcript;
use shared::shared;
use task::{Cancel, Progress};

fn options() -> Options {
    Options {
        model_id: "test".to_owned(),
        language: None,
        threads: NonZeroUsize::new(2).unwrap(),
    }
}

fn said(model: &Path, speech: &[SourceRange], cancel: &Cancel) -> Result<Transcript, Error> {
    let samples = vec![0.01; 16_000 * 3];
    transcribe(
        model,
        &samples,
        &options(),
        speech,
        cancel,
        &Progress::silent(),
    )
}

#[test]
fn a_model_without_weights_is_refused() {
    for name in ["for-tests-ggml-tiny.bin", "for-tests-ggml-tiny.en.bin"] {
        let Some(model) = shared(&format!("models/whisper_for_tests/{name}")) else {
            return;
        };
        let speech = [SourceRange::from_secs(0.0, 2.0)];
        let refused = said(&model, &speech, &Cancel::new()).unwrap_err();
        assert_eq!(
            refused.to_string(),
            format!(
                "the model {} cannot be used: it holds no weights",
                model.display()
            )
        );
    }
}

#[test]
fn files_that_are_no_models_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let speech = [SourceRange::from_secs(0.0, 2.0)];
    let check = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let refused = said(&path, &speech, &Cancel::new());
        assert!(
            matches!(refused, Err(Error::ModelUnusable { .. })),
            "{name}: {refused:?}"
        );
    };
    check("empty.bin", b"");
    check("text.bin", b"<html>404 Not Found</html>");
    check("zeros.bin", &[0; 4096]);
    if let Some(model) = shared("models/whisper_for_tests/for-tests-ggml-tiny.bin") {
        let bytes = std::fs::read(model).unwrap();
        check("half.bin", &bytes[..bytes.len() / 2]);
    }
    let missing = said(&folder.path().join("none.bin"), &speech, &Cancel::new());
    assert!(matches!(missing, Err(Error::ModelMissing { .. })));
    assert!(matches!(
        verify_model(&folder.path().join("none.bin")),
        Err(Error::ModelMissing { .. })
    ));
}

#[test]
fn a_cancelled_run_does_not_begin() {
    let cancel = Cancel::new();
    cancel.cancel();
    let stopped = said(Path::new("none.bin"), &[], &cancel);
    assert!(matches!(stopped, Err(Error::Cancelled)));
}
