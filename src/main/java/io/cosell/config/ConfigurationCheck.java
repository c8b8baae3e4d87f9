package io.cosell.config;

import io.cosell.plan.Policy;
import io.cosell.plan.PolicyException;
import io.cosell.schema.CrmTables;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds everything wrong in what an integrator edits, for someone who is editing it: all that {@link Preflight} finds before a start, and
 * what a start can't afford to look at or need not refuse. Reads files only; calls no system.
 */
public final class ConfigurationCheck {

    private static final Pattern PROBLEM = Pattern.compile("(?<file>.*?)(:(?<line>\\d+))?: (?<text>.*)", Pattern.DOTALL);

    private ConfigurationCheck() {
    }

    /**
     * What was found.
     *
     * @param findings everything wrong, in the order of files and lines
     * @param open     names of settings that have no value yet where this ran; no mistakes until the connector is started there
     */
    public record Result(List<Finding> findings, List<String> open) {
    }

    /**
     * Checks the settings, and the routes and mappings of the CRM that they choose.
     *
     * @param settings the settings, already read
     * @param routes   the folder of routes, with a folder for Partner Center and one for each CRM
     * @param mappings the folder of mappings
     * @param beans    the beans that routes may name
     * @param schema   the saved schema of the CRM, if there is one
     * @throws IOException when the check itself could not be ended
     */
    public static Result run(Settings settings, Path routes, Path mappings, Map<String, Class<?>> beans, Optional<Path> schema)
        throws IOException {
        List<Finding> findings = new ArrayList<>(settings.findings());
        String crm = settings.resolve("cosell.crm").orElse("");
        if (Crms.in(routes).contains(crm)) {
            List<Path> folders = List.of(routes, routes.resolve(Crms.PARTNER_CENTER), routes.resolve(crm));
            findings.addAll(Preflight.run(settings, folders, mappings));
            findings.removeIf(RouteContents::isMissingVerb);
            findings.addAll(RouteContents.run(settings, folders, routes.resolve(crm), beans));
            List<Spec> specs = MappingChecks.specs(settings, mappings).stream()
                .filter(spec -> List.of(crm, Crms.PARTNER_CENTER).contains(spec.name().split("/")[0])).toList();
            findings.addAll(specFindings(crm, specs, mappings.resolve("fields.yaml")));
            findings.addAll(tablesFindings(settings, routes.resolve(crm).resolve(CrmTables.FILE)));
            schema.ifPresent(file -> findings.addAll(SchemaChecks.run(crm, Columns.of(settings, mappings), file)));
            if (!Files.isDirectory(mappings.resolve(crm))) {
                findings.add(Finding.error(mappings.toString(), 0, "there is no folder of mappings for the CRM " + crm, "create " + crm + " in it"));
            }
        }
        findings.removeAll(settings.open().keySet());
        return new Result(findings.stream().distinct().sorted(Finding.BY_PLACE).toList(), settings.open().values().stream().distinct().toList());
    }

    private static List<Finding> specFindings(String crm, List<Spec> specs, Path fields) {
        try {
            return SpecChecks.run(crm, specs, policy(fields), fields);
        } catch (PolicyException e) {
            return e.problems().stream().map(ConfigurationCheck::finding).toList();
        } catch (IOException e) {
            return List.of(Finding.error(fields.toString(), 0, "the file can't be read as UTF-8 text", "create it or check its permissions"));
        }
    }

    private static List<Finding> tablesFindings(Settings settings, Path file) {
        try {
            CrmTables.read(file, text -> settings.fill(file.toString(), text, Map.of(), name -> Optional.empty()));
            return List.of();
        } catch (IllegalArgumentException e) {
            return List.of(finding(e.getMessage()));
        }
    }

    private static Policy policy(Path fields) throws IOException {
        try (InputStream yaml = Files.newInputStream(fields)) {
            return Policy.parse(yaml, fields.toString());
        }
    }

    /** A problem as the policy tells it, {@code file:line: text}. */
    private static Finding finding(String problem) {
        Matcher parts = PROBLEM.matcher(problem);
        if (!parts.matches()) {
            return Finding.error("fields.yaml", 0, problem, "");
        }
        return Finding.error(parts.group("file"), parts.group("line") == null ? 0 : Integer.parseInt(parts.group("line")), parts.group("text"), "");
    }
}
