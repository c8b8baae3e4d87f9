package io.cosell.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpServer;
import io.cosell.Cosell;
import io.cosell.sandbox.Act;
import io.cosell.sandbox.Call;
import io.cosell.sandbox.Crm;
import io.cosell.sandbox.SandboxSystem;
import io.cosell.sandbox.Sandboxes;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import picocli.CommandLine;

/** Healthy sandboxes of Partner Center and one CRM, with something that answers where the connector would; to be made ill one thing at a
// time. */
final class Ward implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path MAPPINGS = Path.of("mappings");

    /** What the command found. */
    record Visit(int code, JsonNode report, String err) {

        List<JsonNode> findings() {
            List<JsonNode> all = new ArrayList<>();
            report.path("findings").forEach(all::add);
            return all;
        }
    }

    final Sandboxes sandboxes;
    final SandboxSystem crm;
    private final Crm which;
    private final HttpServer connector;
    private final Map<SandboxSystem, ObjectNode> healthy = new HashMap<>();
    private final Map<SandboxSystem, Integer> written = new HashMap<>();
    /** What the doorkeeper of the connector's address answers. */
    int answer = 405;
    Map<String, String> settings;
    Path folder;
    Clock clock;

    Ward(Crm which, Sandboxes sandboxes) throws IOException {
        this.which = which;
        this.sandboxes = sandboxes;
        crm = which.seller(sandboxes).system();
        connector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(),
            Integer.parseInt(sandboxes.connectorAddress().replaceAll(".*:", ""))), 0);
        connector.createContext("/", exchange -> {
            exchange.sendResponseHeaders(answer, -1);
            exchange.close();
        });
        connector.start();
        registered(sandboxes.connectorAddress() + "/partner-center-events", "referral-created", "referral-updated",
            "related-referral-created",
            "related-referral-updated", "test-created");
        List.of(sandboxes.partnerCenter(), crm).forEach(system -> healthy.put(system, system.state()));
    }

    /** The registration for events that Partner Center has. */
    void registered(String url, String... events) {
        ObjectNode state = sandboxes.partnerCenter().state();
        ObjectNode registration = state.putObject("registration").put("subscriberId", UUID.randomUUID().toString()).put("url", url)
            .put("msSignatureHeader", false).put("registered", "2026-11-01T00:00:00Z");
        registration.putObject("properties");
        Stream.of(events).forEach(registration.putArray("events")::add);
        sandboxes.partnerCenter().restore(state);
    }

    /** No registration at all. */
    void nothingRegistered() {
        ObjectNode state = sandboxes.partnerCenter().state();
        state.putNull("registration");
        sandboxes.partnerCenter().restore(state);
    }

    /** As healthy as at the start, for a visit in another folder. */
    void heal(Path fresh) {
        folder = fresh;
        healthy.forEach(SandboxSystem::restore);
        settings = new HashMap<>(sandboxes.settings(fresh, which.setting()));
        settings.put("camel.main.name", "doctor-" + UUID.randomUUID());
        answer = 405;
        clock = sandboxes.clock();
        wellKnown();
    }

    /** What was done so far is no visit's. */
    void wellKnown() {
        healthy.keySet().forEach(system -> {
            system.forgetCalls();
            written.put(system, system.history().size());
        });
    }

    /** The same setting, of the CRM. */
    void set(String name, String value) {
        settings.put("cosell." + which.setting() + "." + name, value);
    }

    /** Something that an administrator or a person does. */
    void act(SandboxSystem system, String name, Map<String, Object> parameters) {
        Act act = system.acts().stream().filter(one -> one.name().equals(name)).findFirst().orElseThrow();
        act.does().apply(JSON.valueToTree(parameters));
    }

    /** Routes of the integrator's own: those of the project without some files. */
    void routes(String... without) {
        try {
            copy(Path.of("routes"));
            for (String file : without) {
                Files.delete(folder.resolve("routes").resolve(file));
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void copy(Path all) throws IOException {
        try (Stream<Path> files = Files.walk(all)) {
            for (Path from : files.filter(path -> !path.startsWith(MAPPINGS.resolve("examples"))).toList()) {
                Path to = folder.resolve(from.toString());
                if (Files.isDirectory(from)) {
                    Files.createDirectories(to);
                } else {
                    Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
    }

    /** Mappings of the integrator's own: those of the project, with one file changed. */
    void mapping(String file, UnaryOperator<String> change) {
        try {
            copy(MAPPINGS);
            Path changed = folder.resolve(MAPPINGS).resolve(file);
            Files.writeString(changed, change.apply(Files.readString(changed)));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    Visit visit() {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = Cosell.commands(folder, settings, clock).setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        int code = line.execute("doctor", "--format", "json");
        try {
            return new Visit(code, JSON.readTree(out.toString()), err.toString());
        } catch (IOException e) {
            throw new IllegalStateException(out + "" + err, e);
        }
    }

    /** Calls that changed something in either system since the last healing, and rows that did. */
    List<String> writes() {
        List<String> found = new ArrayList<>();
        healthy.keySet().forEach(system -> {
            system.calls().stream().filter(Call::wrote).map(Call::toString).forEach(found::add);
            system.history().stream().skip(written.get(system)).map(String::valueOf).forEach(found::add);
        });
        return found;
    }

    @Override
    public void close() {
        connector.stop(0);
        sandboxes.close();
    }
}
