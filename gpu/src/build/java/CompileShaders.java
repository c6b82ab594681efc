import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.lwjgl.system.MemoryUtil;
import org.lwjgl.util.shaderc.Shaderc;
import org.lwjgl.util.shaderc.ShadercIncludeResolve;
import org.lwjgl.util.shaderc.ShadercIncludeResult;
import org.lwjgl.util.shaderc.ShadercIncludeResultRelease;

/**
 * Compiles every .comp of a folder to SPIR-V; run by Maven. Matrix products are NAME.spv with FEW_TYPES (see types.glsl)
 * and, but for cooperative ones, NAME_all.spv. Arguments: source folder, target folder.
 */
class CompileShaders {
    private static final String COOPERATIVE = "GL_KHR_cooperative_matrix";

    public static void main(String[] args) throws IOException {
        Path source = Path.of(args[0]);
        Path target = Files.createDirectories(Path.of(args[1]));
        long compiler = Shaderc.shaderc_compiler_initialize();
        long options = Shaderc.shaderc_compile_options_initialize();
        Shaderc.shaderc_compile_options_set_optimization_level(options, Shaderc.shaderc_optimization_level_performance);
        Shaderc.shaderc_compile_options_set_warnings_as_errors(options);
        Shaderc.shaderc_compile_options_set_include_callbacks(options, include(source), release(), 0);
        List<Path> shaders;
        try (Stream<Path> all = Files.list(source)) {
            shaders = all.filter(p -> p.toString().endsWith(".comp")).sorted().toList();
        }
        int failures = 0;
        long few = Shaderc.shaderc_compile_options_clone(options);
        Shaderc.shaderc_compile_options_add_macro_definition(few, "FEW_TYPES", "1");
        for (Path shader : shaders) {
            String name = shader.getFileName().toString().replace(".comp", "");
            String code = Files.readString(shader);
            boolean product = code.contains("product.glsl");
            failures += compile(compiler, product ? few : options, shader, target.resolve(name + ".spv")) ? 0 : 1;
            if (product && !code.contains(COOPERATIVE)) {
                failures += compile(compiler, options, shader, target.resolve(name + "_all.spv")) ? 0 : 1;
            }
        }
        System.out.println(shaders.size() + " shaders compiled");
        System.exit(failures == 0 ? 0 : 1);
    }

    private static boolean compile(long compiler, long options, Path shader, Path target) throws IOException {
        String name = shader.getFileName().toString();
        String source = Files.readString(shader);
        // Vulkan 1.1 is what every kernel may ask for, but for those that need what 1.3 alone describes
        boolean newer = source.contains(COOPERATIVE);
        Shaderc.shaderc_compile_options_set_target_env(
                options,
                Shaderc.shaderc_target_env_vulkan,
                newer ? Shaderc.shaderc_env_version_vulkan_1_3 : Shaderc.shaderc_env_version_vulkan_1_1);
        long result = Shaderc.shaderc_compile_into_spv(
                compiler, source, Shaderc.shaderc_glsl_compute_shader, name, "main", options);
        boolean good = Shaderc.shaderc_result_get_compilation_status(result)
                == Shaderc.shaderc_compilation_status_success;
        if (good) {
            ByteBuffer bytes = Shaderc.shaderc_result_get_bytes(result);
            byte[] spirv = new byte[bytes.remaining()];
            bytes.get(spirv);
            Files.write(target, spirv);
        } else {
            System.err.println(Shaderc.shaderc_result_get_error_message(result));
        }
        Shaderc.shaderc_result_release(result);
        return good;
    }

    private static ShadercIncludeResolve include(Path source) {
        return ShadercIncludeResolve.create((userData, requested, type, requesting, depth) -> {
            String name = MemoryUtil.memUTF8(requested);
            String content;
            try {
                content = Files.readString(source.resolve(name));
            } catch (IOException e) {
                throw new IllegalStateException("no " + name, e);
            }
            ByteBuffer text = MemoryUtil.memUTF8(content, false);
            return ShadercIncludeResult.calloc()
                    .source_name(MemoryUtil.memUTF8(name, false))
                    .content(text)
                    .user_data(0)
                    .address();
        });
    }

    private static ShadercIncludeResultRelease release() {
        return ShadercIncludeResultRelease.create((userData, address) -> {
            ShadercIncludeResult result = ShadercIncludeResult.create(address);
            MemoryUtil.memFree(result.source_name());
            MemoryUtil.memFree(result.content());
            result.free();
        });
    }
}
