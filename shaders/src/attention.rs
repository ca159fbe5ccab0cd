//! Softmax attention over the pixels of a map, with no 1/√d (SAGAN, equation 1).

use burn::{
    backend::{
        Autodiff, AutodiffBackend, Backend, Dispatch, TensorMetadata,
        autodiff::{
            checkpoint::{base::Checkpointer, strategy::CheckpointStrategy},
            grads::Gradients,
            ops::{Backward, Ops},
        },
        backend_extension,
        tensor::FloatTensor,
    },
    tensor::{Shape, Slice, Tensor},
};

use crate::{
    autodiff::{record, register_each},
    shapes::Shapes,
    switch,
};

/// The most energies that the fallback holds at once, in elements: 32 MiB of f32, well under the 128 MiB
/// that WebGPU promises of a storage binding.
const ENERGIES: usize = 8 << 20;

/// What attention gives at inference.
pub struct Attended {
    /// `[B, C, N]`: each pixel's weighted mean of the values.
    pub output: Tensor<3>,
    /// `[B, N]`: natural logarithm of Σ_j exp(q_i·k_j), from which any row of the map follows.
    pub log_sum_exp: Tensor<2>,
}

/// Differentiable attention. Queries and keys `[B, d, N]`, values `[B, C, N]` → `[B, C, N]`.
///
/// The N×N map is never whole, neither here nor in the backward pass, which computes its rows a
/// second time.
///
/// # Panics
/// If a shape is another.
pub fn attention(queries: Tensor<3>, keys: Tensor<3>, values: Tensor<3>) -> Tensor<3> {
    attention_with_log_sum_exp(queries, keys, values).output
}

/// Attention and its rows' log-sum-exp; the latter carries no gradient.
///
/// Shapes and panics as in [`attention`].
pub fn attention_with_log_sum_exp(
    queries: Tensor<3>,
    keys: Tensor<3>,
    values: Tensor<3>,
) -> Attended {
    check("attention", &queries, &keys, &values);
    if switch::stock() {
        return stock(queries, keys, values);
    }
    let (output, log_sum_exp) = Dispatch::attention(
        queries.into_dispatch(),
        keys.into_dispatch(),
        values.into_dispatch(),
    );
    Attended {
        output: Tensor::from_dispatch(output),
        log_sum_exp: Tensor::from_dispatch(log_sum_exp),
    }
}

/// What attention takes of `operation`'s arguments.
pub(crate) fn check(
    operation: &'static str,
    queries: &Tensor<3>,
    keys: &Tensor<3>,
    values: &Tensor<3>,
) -> Shapes {
    Shapes::of(operation)
        .takes("queries", queries.dims(), ["B", "d", "N"])
        .takes("keys", keys.dims(), ["B", "d", "N"])
        .takes("values", values.dims(), ["B", "C", "N"])
}

/// With Burn's public functions, for the bench: the five steps of a softmax, written out since its sum
/// is wanted too.
fn stock(queries: Tensor<3>, keys: Tensor<3>, values: Tensor<3>) -> Attended {
    let energy = queries.swap_dims(1, 2).matmul(keys);
    let [batch, pixels, _] = energy.dims();
    let top = energy.clone().detach().max_dim(2);
    let weights = (energy - top.clone()).exp();
    let sum = weights.clone().sum_dim(2);
    let log_sum_exp = top + sum.clone().detach().log();
    let map = weights / sum;
    Attended {
        output: values.matmul(map.swap_dims(1, 2)),
        log_sum_exp: log_sum_exp.reshape([batch, pixels]),
    }
}

/// The operation that a network calls.
#[backend_extension(Flex, Cube: cfg(feature = "gpu"), Autodiff)]
pub(crate) trait AttentionOperation: Backend {
    /// Output `[B, C, N]` and log-sum-exp `[B, N]`; the latter carries no gradient.
    fn attention(
        queries: FloatTensor<Self>,
        keys: FloatTensor<Self>,
        values: FloatTensor<Self>,
    ) -> (FloatTensor<Self>, FloatTensor<Self>);
}

/// What the operation and its gradient are made of, on the backend under autodiff.
pub(crate) trait AttentionKernels: Backend {
    /// Output `[B, C, N]` and log-sum-exp `[B, N]`.
    fn attention_forward(
        queries: FloatTensor<Self>,
        keys: FloatTensor<Self>,
        values: FloatTensor<Self>,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        fallback::<Self>(queries, keys, values)
    }

    /// Gradients of queries, keys and values, from the output's gradient.
    fn attention_backward(
        state: AttentionState<Self>,
        output_grad: FloatTensor<Self>,
    ) -> [FloatTensor<Self>; 3] {
        fallback_backward::<Self>(state, output_grad)
    }
}

/// What attention's backward pass needs of the forward pass: no N×N map among it.
#[derive(Debug)]
pub(crate) struct AttentionState<B: Backend> {
    /// `[B, d, N]`
    pub(crate) queries: FloatTensor<B>,
    /// `[B, d, N]`
    pub(crate) keys: FloatTensor<B>,
    /// `[B, C, N]`
    pub(crate) values: FloatTensor<B>,
    /// `[B, C, N]`
    pub(crate) output: FloatTensor<B>,
    /// `[B, N]`
    pub(crate) log_sum_exp: FloatTensor<B>,
}

impl<B: Backend> Clone for AttentionState<B> {
    fn clone(&self) -> Self {
        Self {
            queries: self.queries.clone(),
            keys: self.keys.clone(),
            values: self.values.clone(),
            output: self.output.clone(),
            log_sum_exp: self.log_sum_exp.clone(),
        }
    }
}

/// Without autodiff, the operation is its kernel.
impl<B: AttentionKernels> AttentionOperation for B {
    fn attention(
        queries: FloatTensor<Self>,
        keys: FloatTensor<Self>,
        values: FloatTensor<Self>,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        B::attention_forward(queries, keys, values)
    }
}

impl<B: AttentionKernels, C: CheckpointStrategy> AttentionOperation for Autodiff<B, C> {
    fn attention(
        queries: FloatTensor<Self>,
        keys: FloatTensor<Self>,
        values: FloatTensor<Self>,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        let (queries, query_node) = queries.into_parts();
        let (keys, key_node) = keys.into_parts();
        let (values, value_node) = values.into_parts();
        let (output, log_sum_exp) =
            B::attention_forward(queries.clone(), keys.clone(), values.clone());
        let nodes = [query_node, key_node, value_node];
        let result = record::<B, C, _, 3>(Attention, nodes, output, |output| AttentionState {
            queries,
            keys,
            values,
            output: output.clone(),
            log_sum_exp: log_sum_exp.clone(),
        });
        (result, Self::from_inner(log_sum_exp))
    }
}

#[derive(Clone, Copy, Debug)]
struct Attention;

impl<B: AttentionKernels> Backward<B, 3> for Attention {
    type State = AttentionState<B>;

    fn backward(self, ops: Ops<Self::State, 3>, gradients: &mut Gradients, _: &mut Checkpointer) {
        let grad = gradients.consume::<B>(&ops.node);
        let grads = B::attention_backward(ops.state, grad);
        let parents = ops.parents.map(|node| node.map(|node| node.id));
        register_each::<B, 3>(parents, grads, gradients);
    }
}

/// On Burn's own kernels: in slices of queries, so that the map is never whole.
pub(crate) fn fallback<B: Backend>(
    queries: FloatTensor<B>,
    keys: FloatTensor<B>,
    values: FloatTensor<B>,
) -> (FloatTensor<B>, FloatTensor<B>) {
    let mut outputs = Vec::new();
    let mut sums = Vec::new();
    for [start, end] in slices::<B>(&values) {
        let queries = columns::<B>(queries.clone(), start, end);
        let energy = B::float_matmul(B::float_swap_dims(queries, 1, 2), keys.clone());
        let top = B::float_max_dim(energy.clone(), 2);
        let weights = B::float_exp(B::float_sub(energy, top.clone()));
        let sum = B::float_sum_dim(weights.clone(), 2);
        let map = B::float_div(weights, sum.clone());
        outputs.push(B::float_matmul(
            values.clone(),
            B::float_swap_dims(map, 1, 2),
        ));
        let sum = B::float_add(top, B::float_log(sum));
        let shape = Shape::from([sum.shape()[0], end - start]);
        sums.push(B::float_reshape(sum, shape));
    }
    (B::float_cat(outputs, 2), B::float_cat(sums, 1))
}

/// On Burn's own kernels. The formulas are derived in `cpu/attention/backward.rs`.
pub(crate) fn fallback_backward<B: Backend>(
    state: AttentionState<B>,
    output_grad: FloatTensor<B>,
) -> [FloatTensor<B>; 3] {
    let AttentionState {
        queries,
        keys,
        values,
        output,
        log_sum_exp,
    } = state;
    let [batch, _, pixels] = dims(&values);
    let log_sum_exp = B::float_reshape(log_sum_exp, Shape::from([batch, 1, pixels]));
    let mean = B::float_sum_dim(B::float_mul(output, output_grad.clone()), 1);
    let mut query_grads = Vec::new();
    let mut sums: Option<[FloatTensor<B>; 2]> = None;
    for [start, end] in slices::<B>(&values) {
        let rows = |x: &FloatTensor<B>| columns::<B>(x.clone(), start, end);
        let transposed = |x: &FloatTensor<B>| B::float_swap_dims(rows(x), 1, 2);
        let energy = B::float_matmul(transposed(&queries), keys.clone());
        let weights = B::float_exp(B::float_sub(energy, transposed(&log_sum_exp)));
        let slopes = B::float_matmul(transposed(&output_grad), values.clone());
        let slopes = B::float_sub(slopes, transposed(&mean));
        let slopes = B::float_mul(weights.clone(), slopes);
        query_grads.push(B::float_matmul(
            keys.clone(),
            B::float_swap_dims(slopes.clone(), 1, 2),
        ));
        let key_grad = B::float_matmul(rows(&queries), slopes);
        let value_grad = B::float_matmul(rows(&output_grad), weights);
        sums = Some(match sums {
            None => [key_grad, value_grad],
            Some([keys, values]) => [
                B::float_add(keys, key_grad),
                B::float_add(values, value_grad),
            ],
        });
    }
    let [key_grad, value_grad] = sums.unwrap_or([keys, values]);
    [B::float_cat(query_grads, 2), key_grad, value_grad]
}

/// Ranges of queries whose energies fit [`ENERGIES`].
fn slices<B: Backend>(values: &FloatTensor<B>) -> impl Iterator<Item = [usize; 2]> + use<B> {
    let [batch, _, pixels] = dims(values);
    let slice = (ENERGIES / (batch * pixels)).clamp(1, pixels);
    (0..pixels)
        .step_by(slice)
        .map(move |start| [start, pixels.min(start + slice)])
}

fn dims(tensor: &impl TensorMetadata) -> [usize; 3] {
    let shape = tensor.shape();
    [shape[0], shape[1], shape[2]]
}

/// Elements `start..end` of the last of three dimensions.
fn columns<B: Backend>(x: FloatTensor<B>, start: usize, end: usize) -> FloatTensor<B> {
    B::float_slice(x, &[Slice::full(), Slice::full(), Slice::from(start..end)])
}
