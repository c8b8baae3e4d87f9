package io.cosell.config;

import com.bazaarvoice.jolt.Chainr;
import com.bazaarvoice.jolt.JsonUtils;
import com.bazaarvoice.jolt.chainr.spec.ChainrEntry;
import com.bazaarvoice.jolt.exception.JoltException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.cosell.config.Placeholders.Placeholder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Checks the JOLT specs of a folder and those below it, apart from the folder of examples and those of CRMs that are not served. */
final class MappingChecks {

    private static final String EXAMPLES = "examples";
    private static final JsonMapper JSON = JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION).build();

    /** The functions of modify operations. JOLT leaves out without a word what names another one. */
    static final List<String> FUNCTIONS = List.of("toLower", "toUpper", "concat", "join", "split", "substring", "trim", "leftPad", "rightPad",
            "min", "max", "abs", "avg", "intSum", "doubleSum", "longSum", "intSubtract", "doubleSubtract", "longSubtract", "divide",
            "divideAndRound", "toInteger", "toDouble", "toLong", "toBoolean", "toString", "size", "squashNulls", "recursivelySquashNulls",
            "squashDuplicates", "noop", "isPresent", "notNull", "isNull", "firstElement", "lastElement", "elementAt", "toList", "sort");
    private static final Pattern FUNCTION = Pattern.compile("=([A-Za-z]\\w*)(\\(.*)?", Pattern.DOTALL);

    private final Settings settings;
    private final List<Finding> findings = new ArrayList<>();
    private final List<Spec> specs = new ArrayList<>();

    private MappingChecks(Settings settings) {
        this.settings = settings;
    }

    static List<Finding> run(Settings settings, Path folder) {
        return check(settings, folder).findings;
    }

    /** The specs of a folder that can be read, apart from those of CRMs that are not served. */
    static List<Spec> specs(Settings settings, Path folder) {
        return check(settings, folder).specs;
    }

    private static MappingChecks check(Settings settings, Path folder) {
        MappingChecks checks = new MappingChecks(settings);
        if (Files.isDirectory(folder)) {
            names(folder).stream().filter(name -> !settings.isOfAnotherCrm(name.split("/")[0]))
                    .forEach(name -> checks.checkFile(folder.resolve(name), name.substring(0, name.length() - ".json".length())));
        } else {
            checks.findings.add(Finding.error(folder.toString(), 0, "this folder of mappings can't be read",
                    "create it or correct its name"));
        }
        return checks;
    }

    /** Every spec below the folder, as routes name them; none when the folder can't be read. */
    static List<String> names(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).map(folder::relativize).map(path -> path.toString().replace('\\', '/'))
                    .filter(name -> name.endsWith(".json") && !name.startsWith(EXAMPLES + "/")).sorted().toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    private void checkFile(Path path, String name) {
        String file = path.toString();
        try {
            String text = Placeholders.replace(Files.readString(path), placeholder -> value(file, placeholder));
            JsonNode spec = JSON.readTree(text);
            if (!spec.isArray() || spec.isEmpty()) {
                findings.add(Finding.error(file, 1, "this is not a chain of JOLT operations",
                        "begin with [ and list at least one operation"));
                return;
            }
            Spec parsed = Spec.parse(file, name, text);
            specs.add(parsed);
            for (int i = 0; i < spec.size(); i++) {
                compile(parsed, parsed.operations().get(i), spec.get(i));
            }
        } catch (JsonProcessingException e) {
            findings.add(Finding.error(file, e.getLocation() == null ? 0 : e.getLocation().getLineNr(),
                    "this is not JSON: " + e.getOriginalMessage().replaceAll("\\s+", " "),
                    "check commas, quotes and brackets here and above"));
        } catch (IOException e) {
            findings.add(Finding.error(file, 0, "the file can't be read as UTF-8 text", "check its permissions and its encoding"));
        }
    }

    /** One by one, as an error in a chain does not tell the operation's line. */
    private void compile(Spec spec, Spec.Member operation, JsonNode json) {
        String kind = operation.textOf("operation");
        if (!kind.isEmpty() && !kind.contains(".") && !ChainrEntry.STOCK_TRANSFORMS.containsKey(kind)) {
            findings.add(Finding.error(spec.file(), operation.member("operation").orElse(operation).line(), "JOLT has no operation " + kind,
                    Names.didYouMean(kind, ChainrEntry.STOCK_TRANSFORMS.keySet(), "known are "
                    + String.join(", ", new TreeSet<>(ChainrEntry.STOCK_TRANSFORMS.keySet())))));
            return;
        }
        if (kind.startsWith("modify")) {
            operation.member("spec").ifPresent(instructions -> instructions.leaves((path, leaf) -> checkFunction(spec.file(), leaf)));
        }
        try {
            Chainr.fromSpec(List.of(JsonUtils.jsonToObject(json.toString())));
        } catch (JoltException e) {
            findings.add(Finding.error(spec.file(), operation.line(),
                    "JOLT does not take this operation: " + e.getMessage().replaceAll("\\s+", " "), ""));
        }
    }

    private void checkFunction(String file, Spec.Member leaf) {
        Matcher function = FUNCTION.matcher(leaf.text().orElse(""));
        if (function.matches() && !FUNCTIONS.contains(function.group(1))) {
            findings.add(Finding.error(file, leaf.line(), "JOLT has no function " + function.group(1),
                    Names.didYouMean(function.group(1), FUNCTIONS, "known are " + String.join(", ", FUNCTIONS))));
        }
    }

    private String value(String file, Placeholder placeholder) {
        // An empty one is told of by the settings if it must not be empty; JOLT would only tell of what follows from it.
        return settings.resolve(placeholder.expression()).map(value -> value.isEmpty() ? "missing" : value).map(value -> new String(JsonStringEncoder.getInstance().quoteAsString(value)))
                .orElseGet(() -> {
                    findings.add(Finding.error(file, placeholder.line(), "there is no value for " + placeholder,
                            Names.didYouMean(placeholder.expression(), settings.names(),
                                    "add it to application.properties or correct the name")));
                    return "missing";
                });
    }
}
