/**
 * Gemma 3n on any {@link dev.matryoshka.engine.backend.Backend}: the public way in is {@link dev.matryoshka.engine.Gemma3n}.
 */
module dev.matryoshka.engine {
    requires transitive org.jspecify;
    requires com.fasterxml.jackson.core;
    requires com.fasterxml.jackson.databind;
    requires jdk.incubator.vector;
    requires jdk.management;

    exports dev.matryoshka.engine;
    exports dev.matryoshka.engine.config;
    exports dev.matryoshka.engine.device;
    exports dev.matryoshka.engine.error;
    exports dev.matryoshka.engine.checkpoint;
    exports dev.matryoshka.engine.weights;
    exports dev.matryoshka.engine.weights.gguf;
    exports dev.matryoshka.engine.tokenizer;
    exports dev.matryoshka.engine.preprocess;
    exports dev.matryoshka.engine.backend;
    exports dev.matryoshka.engine.selftest;

    uses dev.matryoshka.engine.backend.BackendProvider;

    provides dev.matryoshka.engine.backend.BackendProvider with
            dev.matryoshka.engine.cpu.CpuBackendProvider;
}
