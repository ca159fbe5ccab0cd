//! The operations on a device with autodiff: which gradient each input gets.

use burn::backend::{
    Autodiff, AutodiffBackend, Backend,
    autodiff::{
        NodeId,
        checkpoint::{base::Checkpointer, strategy::CheckpointStrategy},
        grads::Gradients,
        ops::{Backward, NodeGuard, Ops, OpsKind},
    },
    tensor::FloatTensor,
};

use crate::operations::{AttentionState, Kernels, Operations};

impl<B: Kernels, C: CheckpointStrategy> Operations for Autodiff<B, C> {
    fn up(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        strided::<B, C>(Strided::Up, x, weight, bias)
    }

    fn up_relu(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        <Self as Operations>::leaky_relu(Self::up(x, weight, bias), 0.0)
    }

    fn down(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        strided::<B, C>(Strided::Down, x, weight, bias)
    }

    fn leaky_relu(x: FloatTensor<Self>, slope: f32) -> FloatTensor<Self> {
        let (x, node) = x.into_parts();
        let output = B::kernel_leaky_relu(x, slope);
        record::<B, C, _, 1>(LeakyRelu(slope), [node], output, Clone::clone)
    }

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

/// Puts the output of an operation into the graph. Where one of its inputs wants a gradient, so goes
/// what the backward pass needs, made of the output.
pub(crate) fn record<B: Backend, C: CheckpointStrategy, O: Backward<B, N>, const N: usize>(
    operation: O,
    inputs: [NodeGuard; N],
    output: FloatTensor<B>,
    state: impl FnOnce(&FloatTensor<B>) -> O::State,
) -> FloatTensor<Autodiff<B, C>> {
    let preparation = operation.prepare::<C>(inputs).compute_bound().stateful();
    match preparation {
        OpsKind::Tracked(preparation) => preparation.finish(state(&output), output),
        OpsKind::UnTracked(preparation) => preparation.finish(output),
    }
}

/// Hands each gradient to the parent that wants it.
pub(crate) fn register_each<B: Backend, const N: usize>(
    parents: [Option<NodeId>; N],
    grads: [FloatTensor<B>; N],
    gradients: &mut Gradients,
) {
    for (parent, grad) in parents.into_iter().zip(grads) {
        if let Some(id) = parent {
            gradients.register::<B>(id, grad);
        }
    }
}

/// A strided convolution: the two directions have the same gradients, mirrored.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Strided {
    Up,
    Down,
}

impl Strided {
    /// Hands the gradients of input, weight and bias to those of the `parents` that want one.
    pub(crate) fn register<B: Kernels>(
        self,
        x: FloatTensor<B>,
        weight: FloatTensor<B>,
        grad: FloatTensor<B>,
        [x_id, weight_id, bias_id]: [Option<NodeId>; 3],
        gradients: &mut Gradients,
    ) {
        if let Some(id) = x_id {
            let grad = match self {
                Self::Up => B::kernel_down(grad.clone(), weight, None),
                Self::Down => B::kernel_up(grad.clone(), weight, None),
            };
            gradients.register::<B>(id, grad);
        }
        if let Some(id) = weight_id {
            let grad = match self {
                Self::Up => B::weight_grad(x, grad.clone()),
                Self::Down => B::weight_grad(grad.clone(), x),
            };
            gradients.register::<B>(id, grad);
        }
        if let Some(id) = bias_id {
            gradients.register::<B>(id, B::channel_sums(grad));
        }
    }
}

fn strided<B: Kernels, C: CheckpointStrategy>(
    direction: Strided,
    x: FloatTensor<Autodiff<B, C>>,
    weight: FloatTensor<Autodiff<B, C>>,
    bias: FloatTensor<Autodiff<B, C>>,
) -> FloatTensor<Autodiff<B, C>> {
    let (x, x_node) = x.into_parts();
    let (weight, weight_node) = weight.into_parts();
    let (bias, bias_node) = bias.into_parts();
    let output = match direction {
        Strided::Up => B::kernel_up(x.clone(), weight.clone(), Some(bias)),
        Strided::Down => B::kernel_down(x.clone(), weight.clone(), Some(bias)),
    };
    let nodes = [x_node, weight_node, bias_node];
    record::<B, C, _, 3>(direction, nodes, output, |_| (x, weight))
}

impl<B: Kernels> Backward<B, 3> for Strided {
    /// Input and weight.
    type State = (FloatTensor<B>, FloatTensor<B>);

    fn backward(self, ops: Ops<Self::State, 3>, gradients: &mut Gradients, _: &mut Checkpointer) {
        let grad = gradients.consume::<B>(&ops.node);
        let (x, weight) = ops.state;
        let parents = ops.parents.map(|node| node.map(|node| node.id));
        self.register::<B>(x, weight, grad, parents, gradients);
    }
}

/// With its slope.
#[derive(Clone, Copy, Debug)]
struct LeakyRelu(f32);

impl<B: Kernels> Backward<B, 1> for LeakyRelu {
    /// The output.
    type State = FloatTensor<B>;

    fn backward(self, ops: Ops<Self::State, 1>, gradients: &mut Gradients, _: &mut Checkpointer) {
        let grad = gradients.consume::<B>(&ops.node);
        if let [Some(node)] = ops.parents {
            let grad = B::leaky_relu_backward(ops.state, grad, self.0);
            gradients.register::<B>(node.id, grad);
        }
    }
}

#[derive(Clone, Copy, Debug)]
struct Attention;

impl<B: Kernels> Backward<B, 3> for Attention {
    type State = AttentionState<B>;

    fn backward(self, ops: Ops<Self::State, 3>, gradients: &mut Gradients, _: &mut Checkpointer) {
        let grad = gradients.consume::<B>(&ops.node);
        let grads = B::attention_backward(ops.state, grad);
        let parents = ops.parents.map(|node| node.map(|node| node.id));
        register_each::<B, 3>(parents, grads, gradients);
    }
}
