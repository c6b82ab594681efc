// AltUp's router: tanh(router(norm(x)) / columns), up to four outputs (compute_router_modalities).
// Before including: rows.glsl, activation.glsl, STREAMS, buffers and offsets of routerNorm and router.
float routerNorms[PER_LANE];
float routerWeights[STREAMS][PER_LANE];

void loadRouter() {
    LOAD(routerNorms, routerNorm[routerNormAt + c])
    [[unroll]] for (uint j = 0; j < STREAMS; j++) {
        LOAD(routerWeights[j], router[routerAt + j * routerStride + c])
    }
}

vec4 route(float x[PER_LANE]) {
    float factor = rmsFactor(groupSum(vec4(squaresOf(x))).x);
    vec4 sums = vec4(0);
    [[unroll]] for (uint k = 0; k < PER_LANE; k++) {
        float value = x[k] * factor * routerNorms[k];
        [[unroll]] for (uint j = 0; j < STREAMS; j++) {
            sums[j] += value * routerWeights[j][k];
        }
    }
    sums = groupSum(sums) / float(columns);
    return vec4(tanhOf(sums.x), tanhOf(sums.y), tanhOf(sums.z), tanhOf(sums.w));
}
