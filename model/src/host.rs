//! Tensors in main memory, by name, and reading them back from a device.

use std::collections::BTreeMap;

use burn::tensor::{Tensor, Transaction};

/// A tensor in main memory.
#[derive(Clone, Debug, PartialEq)]
pub struct HostTensor {
    /// Its dimensions, outermost first.
    pub shape: Vec<usize>,
    /// Row-major values.
    pub values: Vec<f32>,
}

/// Tensors by dotted name, in alphabetical order.
pub type HostTensors = BTreeMap<String, HostTensor>;

/// The device was lost, or ran out of memory.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "The device did not give its results back ({0}); it may be lost or short of memory. Try again \
     with fewer pictures at once, or on the CPU."
)]
pub struct ReadError(String);

/// Reads a device tensor as f32. Asynchronous, since a browser allows nothing else.
///
/// # Errors
/// If the device does not answer.
pub async fn read<const D: usize>(tensor: Tensor<D>) -> Result<Vec<f32>, ReadError> {
    match tensor.into_data_async().await {
        Ok(data) => Ok(data.iter::<f32>().collect()),
        Err(error) => Err(ReadError(format!("{error:?}"))),
    }
}

/// Reads many tensors in one round trip, which is what takes the time in a browser.
///
/// # Errors
/// If the device does not answer.
pub async fn read_all(tensors: Vec<Tensor<1>>) -> Result<Vec<Vec<f32>>, ReadError> {
    let mut transaction = Transaction::default();
    for tensor in tensors {
        transaction = transaction.register(tensor);
    }
    match transaction.execute_async().await {
        Ok(data) => Ok(data
            .into_iter()
            .map(|data| data.iter::<f32>().collect())
            .collect()),
        Err(error) => Err(ReadError(format!("{error:?}"))),
    }
}
