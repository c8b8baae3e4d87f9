package io.cosell.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.cosell.Cosell;
import io.cosell.sandbox.Call;
import io.cosell.sandbox.Crm;
import io.cosell.sandbox.SandboxSystem;
import io.cosell.sandbox.Sandboxes;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A CRM without anything of the connector's, set up by {@code setup-crm}, is all that the whole story needs. */
class SetupThenDemoTest {

    @TempDir
    private Path folder;
    private final StringWriter out = new StringWriter();

    @ParameterizedTest
    @EnumSource(Crm.class)
    void theStoryPassesOnACrmThatWasEmpty(Crm crm) {
        Sandboxes sandboxes = Sandboxes.startEmpty();
        try (Demo demo = new Demo(crm, new PrintWriter(out), sandboxes)) {
            SandboxSystem system = crm.seller(sandboxes).system();
            assertThat(setUp(crm, sandboxes)).as(out::toString).isZero();
            assertThat(out.toString()).contains("All is made, and the connector's account sees it.");
            assertThat(writes(system)).isPositive();

            assertThat(demo.play()).as(out::toString).isZero();
            assertThat(out.toString()).contains("All 4 deals are equal on both sides.");

            long before = writes(system);
            assertThat(setUp(crm, sandboxes)).as(out::toString).isZero();
            assertThat(out.toString()).contains("Nothing to do");
            assertThat(writes(system)).isEqualTo(before);
        }
    }

    private int setUp(Crm crm, Sandboxes sandboxes) {
        Map<String, String> settings = crm.settings(sandboxes, folder);
        return Cosell.commands(folder, settings).setOut(new PrintWriter(out, true)).setErr(new PrintWriter(out, true))
            .execute("setup-crm", "--yes");
    }

    /** Calls that changed something; a batch or a composite that only reads did not. */
    private static long writes(SandboxSystem system) {
        return system.calls().stream().filter(Call::wrote).count();
    }
}
