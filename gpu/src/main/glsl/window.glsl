// A window that moves over a picture, in the order of WindowSpec. In push constants after the tensors.
#define WINDOW \
    int height, width, outHeight, outWidth, kernelHeight, kernelWidth, strideY, strideX, padTop, padLeft
