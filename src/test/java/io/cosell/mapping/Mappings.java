package io.cosell.mapping;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.impl.DefaultCamelContext;

/** The mappings as they lie in the project, run through Camel's own endpoint with the settings as shipped. */
final class Mappings implements AutoCloseable {

    static final Path FOLDER = Path.of("mappings");
    static final List<String> CRMS = List.of("dynamics365", "salesforce", "tinycrm");
    static final Path EXAMPLES = FOLDER.resolve("examples");
    static final ObjectMapper JSON = JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();
    private static final TypeReference<Map<String, Object>> DOCUMENT = new TypeReference<>() { };

    /** One for each CRM, as a process serves one CRM: its folder of specs is run with the settings of that CRM. */
    private final Map<String, CamelContext> camels = new LinkedHashMap<>();

    private Mappings(Path folder, Map<String, String> overrides) {
        CRMS.forEach(crm -> camels.put(crm, camel(crm, folder, overrides)));
    }

    private static CamelContext camel(String crm, Path folder, Map<String, String> overrides) {
        Properties settings = new Properties();
        for (Path path : List.of(Path.of("application.properties"), Path.of("routes", crm, crm + ".properties"))) {
            if (Files.exists(path)) {
                try (Reader file = Files.newBufferedReader(path, UTF_8)) {
                    settings.load(file);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }
        // What has no default, because each organisation has its own.
        try (Reader file = Files.newBufferedReader(FOLDER.resolve("examples/salesforce/settings.properties"), UTF_8)) {
            settings.load(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        settings.putAll(overrides);
        settings.setProperty("cosell.crm", crm);
        settings.setProperty("cosell.mappings", "file:" + folder);
        CamelContext camel = new DefaultCamelContext();
        camel.getPropertiesComponent().setInitialProperties(settings);
        camel.start();
        return camel;
    }

    /** The shipped specs with the shipped settings. */
    static Mappings shipped() {
        return new Mappings(FOLDER, Map.of());
    }

    /** The shipped specs with other settings. */
    static Mappings with(Map<String, String> overrides) {
        return new Mappings(FOLDER, overrides);
    }

    /** Specs of another folder with the shipped settings. */
    static Mappings in(Path folder) {
        return new Mappings(folder, Map.of());
    }

    /** Every spec, such as {@code dynamics365/opportunity-in}. */
    static List<String> specs() {
        try (Stream<Path> files = Files.walk(FOLDER)) {
            return files.filter(file -> file.toString().endsWith(".json") && !file.startsWith(EXAMPLES))
                .map(file -> FOLDER.relativize(file).toString().replace('\\', '/').replaceFirst("\\.json$", "")).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Copies the shipped mappings, for a test that changes them. */
    static void copy(Path to) {
        try (Stream<Path> files = Files.walk(FOLDER)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(FOLDER.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a spec makes of a document, which stays as it is: numbers, maps and lists are as the routes hand them over. */
    JsonNode run(String spec, JsonNode input) {
        Map<String, Object> document = JSON.convertValue(input, DOCUMENT);
        CamelContext camel = camels.getOrDefault(spec.substring(0, spec.indexOf('/')), camels.get(CRMS.get(0)));
        try (ProducerTemplate producer = camel.createProducerTemplate()) {
            return JSON.valueToTree(producer.requestBody("jolt:mapping:" + spec + ".json?inputType=Hydrated&outputType=Hydrated", document));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    static JsonNode read(Path file) {
        try {
            return JSON.readTree(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        }
    }

    /**
     * Where two documents differ, a line for each place; empty if they do not. Strict: null is not absent, order of lists counts, a
     * text is not a number; only numbers are compared by value.
     */
    static List<String> differences(JsonNode expected, JsonNode actual) {
        List<String> found = new ArrayList<>();
        compare("", expected, actual, found);
        return found;
    }

    private static void compare(String place, JsonNode expected, JsonNode actual, List<String> found) {
        if (expected.isObject() && actual.isObject()) {
            TreeSet<String> names = new TreeSet<>();
            expected.fieldNames().forEachRemaining(names::add);
            actual.fieldNames().forEachRemaining(names::add);
            names.forEach(name -> compare(place + "/" + name, expected.path(name), actual.path(name), found));
        } else if (expected.isArray() && actual.isArray()) {
            for (int i = 0; i < Math.max(expected.size(), actual.size()); i++) {
                compare(place + "/" + i, expected.path(i), actual.path(i), found);
            }
        } else if (expected.isNumber() && actual.isNumber() ? expected.decimalValue().compareTo(actual.decimalValue()) != 0
            : !expected.equals(actual)) {
            found.add((place.isEmpty() ? "/" : place) + ": expected " + show(expected) + ", but was " + show(actual));
        }
    }

    private static String show(JsonNode node) {
        return node.isMissingNode() ? "nothing" : node.toString();
    }

    @Override
    public void close() {
        camels.values().forEach(CamelContext::stop);
    }
}
