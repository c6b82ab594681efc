package dev.matryoshka.engine;

import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;

/** The order of packages: nothing points back. */
@AnalyzeClasses(packages = "dev.matryoshka.engine", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String ENGINE = "dev.matryoshka.engine";

    @ArchTest
    static final ArchRule ORDER = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("engine")
            .definedBy(ENGINE)
            .layer("checkpoint")
            .definedBy(ENGINE + ".checkpoint")
            .layer("generation")
            .definedBy(ENGINE + ".generation")
            .layer("model")
            .definedBy(
                    ENGINE + ".text",
                    ENGINE + ".vision",
                    ENGINE + ".audio",
                    ENGINE + ".multimodal",
                    ENGINE + ".preprocess",
                    ENGINE + ".tokenizer",
                    ENGINE + ".sampling")
            .layer("cache")
            .definedBy(ENGINE + ".cache")
            .layer("cpu")
            .definedBy(ENGINE + ".cpu")
            .layer("backend")
            .definedBy(ENGINE + ".backend")
            .layer("lora")
            .definedBy(ENGINE + ".lora")
            .layer("weights")
            .definedBy(ENGINE + ".weights..")
            .layer("config")
            .definedBy(ENGINE + ".config")
            .whereLayer("engine")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("checkpoint")
            .mayOnlyBeAccessedByLayers("engine")
            .whereLayer("generation")
            .mayOnlyBeAccessedByLayers("engine")
            .whereLayer("model")
            .mayOnlyBeAccessedByLayers("engine", "checkpoint", "generation")
            .whereLayer("cache")
            .mayOnlyBeAccessedByLayers("engine", "generation", "model")
            .whereLayer("cpu")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("backend")
            .mayOnlyBeAccessedByLayers("engine", "checkpoint", "generation", "model", "cache", "cpu")
            .whereLayer("lora")
            .mayOnlyBeAccessedByLayers("engine", "model")
            .whereLayer("weights")
            .mayOnlyBeAccessedByLayers("engine", "checkpoint", "generation", "model", "cache", "cpu", "backend", "lora")
            .whereLayer("config")
            .mayOnlyBeAccessedByLayers(
                    "engine", "checkpoint", "generation", "model", "cache", "cpu", "backend", "lora", "weights");

    @ArchTest
    static final ArchRule NO_CYCLES =
            slices().matching(ENGINE + ".(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule NO_WINDOWS = ArchRuleDefinition.noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("javafx..", "java.awt..", "javax.swing..", "org.lwjgl..");
}
