//! Meaning: sentences as vectors, near each other when they mean something alike.
//!
//! The model is a BERT of the sentence-transformers family, by default all-MiniLM-L6-v2 (Apache-2.0;
//! 384 numbers per sentence, English first): tokens, BERT, mean over the tokens, length 1.

use std::path::{Path, PathBuf};

use candle_core::{DType, Device, IndexOp, Tensor};
use candle_nn::VarBuilder;
use candle_transformers::models::bert::{BertModel, Config};
use serde::Deserialize;
use task::Cancel;
use tokenizers::{Tokenizer, TruncationParams};

use crate::Error;

/// Tokens that are worked on at once: bounds the memory, whatever the sentences' lengths.
const BATCH_TOKENS: usize = 2048;

/// Longest sentence in tokens where the model's folder does not say.
const LONGEST: usize = 256;

/// Turns sentences into vectors.
///
/// ```no_run
/// use ai::meaning::SentenceEmbedder;
/// use task::Cancel;
///
/// let embedder = SentenceEmbedder::load("models/all-minilm-l6-v2".as_ref())?;
/// let vectors = embedder.embed(&["A cat sleeps.", "A kitten naps."], &Cancel::new())?;
/// let cosine: f32 = vectors[0].iter().zip(&vectors[1]).map(|(a, b)| a * b).sum();
/// assert!(cosine > 0.5);
/// # Ok::<(), ai::Error>(())
/// ```
pub struct SentenceEmbedder {
    model: BertModel,
    tokenizer: Tokenizer,
    device: Device,
    /// Numbers per sentence.
    width: usize,
}

impl std::fmt::Debug for SentenceEmbedder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SentenceEmbedder")
            .field("width", &self.width)
            .field("device", &self.device)
            .finish_non_exhaustive()
    }
}

/// `sentence_bert_config.json`.
#[derive(Deserialize)]
struct SentenceConfig {
    max_seq_length: Option<usize>,
}

impl SentenceEmbedder {
    /// Loads a model from a folder with `config.json`, `tokenizer.json`, `model.safetensors` and,
    /// where the sentence length is limited, `sentence_bert_config.json`.
    ///
    /// Fails with [`Error::ModelMissing`] or [`Error::ModelUnusable`], which name the file.
    pub fn load(folder: &Path) -> Result<Self, Error> {
        let config: Config = json(&folder.join("config.json"))?;
        let sentence = folder.join("sentence_bert_config.json");
        let longest = if sentence.exists() {
            json::<SentenceConfig>(&sentence)?.max_seq_length
        } else {
            None
        };
        let longest = longest
            .unwrap_or(LONGEST)
            .min(config.max_position_embeddings);

        let path = folder.join("tokenizer.json");
        let mut tokenizer =
            Tokenizer::from_bytes(read(&path)?).map_err(|error| unusable(&path, error))?;
        // The file carries the settings of whoever saved it last (128 tokens, padded); the
        // reference replaces them by the model's own limit.
        tokenizer
            .with_truncation(Some(TruncationParams {
                max_length: longest,
                ..TruncationParams::default()
            }))
            .map_err(|error| unusable(&path, error))?;
        tokenizer.with_padding(None);

        let device = device()?;
        let path = folder.join("model.safetensors");
        let weights = VarBuilder::from_buffered_safetensors(read(&path)?, DType::F32, &device)
            .map_err(|error| unusable(&path, error))?;
        let model = BertModel::load(weights, &config).map_err(|error| unusable(&path, error))?;
        Ok(Self {
            model,
            tokenizer,
            device,
            width: config.hidden_size,
        })
    }

    /// Returns the number of values per sentence.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Returns one vector of length 1 for each sentence, in the order given. Text beyond the
    /// model's limit (256 tokens) is not read.
    pub fn embed(&self, sentences: &[&str], cancel: &Cancel) -> Result<Vec<Vec<f32>>, Error> {
        let mut tokens = Vec::with_capacity(sentences.len());
        for sentence in sentences {
            cancel.check()?;
            let encoding = self.tokenizer.encode(*sentence, true).map_err(failed)?;
            tokens.push(encoding.get_ids().to_vec());
        }
        let mut vectors = vec![Vec::new(); sentences.len()];
        for batch in batches(&tokens) {
            cancel.check()?;
            let found = self.embed_batch(&tokens, &batch).map_err(failed)?;
            for (index, vector) in batch.into_iter().zip(found) {
                if let Some(slot) = vectors.get_mut(index) {
                    *slot = vector;
                }
            }
        }
        Ok(vectors)
    }

    fn embed_batch(
        &self,
        tokens: &[Vec<u32>],
        batch: &[usize],
    ) -> candle_core::Result<Vec<Vec<f32>>> {
        let rows = || batch.iter().filter_map(|&index| tokens.get(index));
        let length = rows().map(Vec::len).max().unwrap_or_default();
        let mut ids = Vec::with_capacity(batch.len() * length);
        let mut mask = Vec::with_capacity(batch.len() * length);
        for row in rows() {
            let padding = length - row.len();
            ids.extend(row.iter().copied().chain(std::iter::repeat_n(0, padding)));
            mask.extend(std::iter::repeat_n(1_u32, row.len()));
            mask.extend(std::iter::repeat_n(0_u32, padding));
        }
        let shape = (batch.len(), length);
        let ids = Tensor::from_vec(ids, shape, &self.device)?;
        let mask = Tensor::from_vec(mask, shape, &self.device)?;
        let hidden = self
            .model
            .forward(&ids, &ids.zeros_like()?, Some(&mask))?
            .to_dtype(DType::F32)?;
        let weight = mask.to_dtype(DType::F32)?.unsqueeze(2)?;
        let sum = hidden.broadcast_mul(&weight)?.sum(1)?;
        let mean = sum.broadcast_div(&weight.sum(1)?)?;
        let norm = mean.sqr()?.sum_keepdim(1)?.sqrt()?;
        // The reference keeps the norm above 1e-12.
        let unit = mean.broadcast_div(&norm.maximum(1e-12)?)?;
        (0..batch.len()).map(|i| unit.i(i)?.to_vec1()).collect()
    }
}

/// Returns the positions in `tokens` in groups of alike lengths, so that little is padded.
fn batches(tokens: &[Vec<u32>]) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..tokens.len()).collect();
    let length = |index: usize| tokens.get(index).map_or(0, Vec::len);
    order.sort_by_key(|&index| length(index));
    let mut batches: Vec<Vec<usize>> = Vec::new();
    for index in order {
        // The order is by length, so the newcomer is the longest of its batch.
        match batches.last_mut() {
            Some(batch) if (batch.len() + 1) * length(index) <= BATCH_TOKENS => batch.push(index),
            _ => batches.push(vec![index]),
        }
    }
    batches
}

fn device() -> Result<Device, Error> {
    if cfg!(feature = "cuda") {
        Device::new_cuda(0).map_err(failed)
    } else if cfg!(feature = "metal") {
        Device::new_metal(0).map_err(failed)
    } else {
        Ok(Device::Cpu)
    }
}

fn json<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T, Error> {
    serde_json::from_slice(&read(path)?).map_err(|error| unusable(path, error))
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    std::fs::read(path).map_err(|source| Error::from_io(path, source))
}

fn unusable(path: &Path, reason: impl std::fmt::Display) -> Error {
    Error::ModelUnusable {
        path: PathBuf::from(path),
        reason: reason.to_string(),
    }
}

fn failed(reason: impl std::fmt::Display) -> Error {
    Error::Failed {
        model: "sentence",
        reason: reason.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_hold_every_sentence_once_and_bound_the_tokens() {
        let tokens: Vec<Vec<u32>> = (0..300).map(|i| vec![1; 3 + i * 37 % 250]).collect();
        let batches = batches(&tokens);
        let mut all: Vec<usize> = batches.iter().flatten().copied().collect();
        all.sort_unstable();
        assert_eq!(all, (0..300).collect::<Vec<_>>());
        for batch in batches {
            let longest = batch.iter().map(|&i| tokens[i].len()).max().unwrap();
            assert!(batch.len() == 1 || batch.len() * longest <= BATCH_TOKENS);
        }
    }

    #[test]
    fn a_folder_without_a_model_names_the_missing_file() {
        let folder = tempfile::tempdir().unwrap();
        let error = SentenceEmbedder::load(folder.path()).unwrap_err();
        assert!(
            matches!(&error, Error::ModelMissing { path } if path.ends_with("config.json")),
            "{error}"
        );
        std::fs::write(folder.path().join("config.json"), "{").unwrap();
        let error = SentenceEmbedder::load(folder.path()).unwrap_err();
        assert!(
            matches!(&error, Error::ModelUnusable { path, .. } if path.ends_with("config.json")),
            "{error}"
        );
    }
}
