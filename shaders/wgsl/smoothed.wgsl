// Maps blurred along both axes with the weights ¼ ½ ¼: x `[maps, SIDE, SIDE]` → the same shape. Its
// gradient is itself: the weights are symmetric. Beyond the border stands what stands at it.
//
// The host puts these constants in front: SIDE (a multiple of 4), THREADS.
//
// A thread has four neighbours of a row: first down their columns and those beside them, then along.

@group(0) @binding(0) var<storage, read_write> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> result: array<vec4<f32>>;

const FOURS = SIDE / 4u;

fn down(above: u32, own: u32, below: u32, at: u32) -> vec4<f32> {
    return 0.25 * (x[above + at] + x[below + at]) + 0.5 * x[own + at];
}

fn element(index: u32) -> vec4<f32> {
    let at = index % FOURS;
    let own = index - at;
    let y = index / FOURS % SIDE;
    let above = own - select(0u, FOURS, y > 0u);
    let below = own + select(0u, FOURS, y + 1u < SIDE);
    let middle = down(above, own, below, at);
    // Where there is no four beside, its own ends stand in.
    let left = select(middle.x, down(above, own, below, max(at, 1u) - 1u).w, at > 0u);
    let right = select(middle.w, down(above, own, below, min(at + 1u, FOURS - 1u)).x, at + 1u < FOURS);
    let before = vec4<f32>(left, middle.xyz);
    let behind = vec4<f32>(middle.yzw, right);
    return 0.25 * (before + behind) + 0.5 * middle;
}
