package io.cosell.flows;

import io.cosell.sandbox.Crm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.camel.util.FileUtil;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.params.support.ParameterInfo;

/** Keeps the stage of a class with {@link SharedStage}, or of each of its CRMs: opens it, hands it out, and closes it at the end. */
final class StageKeeper implements ParameterResolver, AfterEachCallback {

    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(StageKeeper.class);

    /** JUnit closes it with the context that holds it. */
    private record Kept(Stage stage, Path folder) implements AutoCloseable {

        @Override
        public void close() {
            stage.close();
            FileUtil.removeDir(folder.toFile());
        }
    }

    /** A constructor is called for a test; only the test's context knows for which CRM. */
    @Override
    public ExtensionContextScope getTestInstantiationExtensionContextScope(ExtensionContext root) {
        return ExtensionContextScope.TEST_METHOD;
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Stage.class;
    }

    @Override
    public Stage resolveParameter(ParameterContext parameter, ExtensionContext context) {
        ExtensionContext shared = context;
        while (shared.getTestMethod().isPresent()) {
            shared = shared.getParent().orElseThrow();
        }
        return shared.getStore(NAMESPACE).getOrComputeIfAbsent(Kept.class, any -> open(context), Kept.class).stage();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        Kept kept = context.getStore(NAMESPACE).get(Kept.class, Kept.class);
        if (kept != null) {
            kept.stage().makeWhole();
        }
    }

    private static Kept open(ExtensionContext context) {
        SharedStage wanted = context.getRequiredTestClass().getAnnotation(SharedStage.class);
        ParameterInfo parameters = ParameterInfo.get(context);
        Crm crm = parameters == null ? wanted.crm() : parameters.getArguments().get(0, Crm.class);
        Map<String, String> settings = new HashMap<>(wanted.offersAsLeads() ? Stage.offersAsLeads(crm) : Map.of());
        for (String setting : wanted.settings()) {
            String[] parts = setting.split("=", 2);
            settings.put(parts[0], parts[1]);
        }
        Path folder = newFolder();
        return new Kept(Stage.open(crm, folder, settings), folder);
    }

    private static Path newFolder() {
        try {
            return Files.createTempDirectory("stage");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
