package io.cosell.mapping;

import com.bazaarvoice.jolt.Chainr;
import com.bazaarvoice.jolt.JsonUtils;
import com.bazaarvoice.jolt.exception.JoltException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.cosell.config.Settings;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** The JOLT specs of a folder of mappings, with settings in place of their placeholders, as the connector runs them. */
public final class Specs {

    /** Reads and makes documents as the connector's routes hand them over: numbers keep all their digits. */
    public static final ObjectMapper JSON = JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

    private static final TypeReference<Map<String, Object>> DOCUMENT = new TypeReference<>() { };

    private final Path folder;
    private final Function<Path, String> texts;
    private final Map<String, Chainr> chains = new ConcurrentHashMap<>();

    private Specs(Path folder, Function<Path, String> texts) {
        this.folder = folder;
        this.texts = texts;
    }

    /**
     * Specs with the settings in force; where one of these is empty, that of the examples stands in.
     *
     * @param folder the folder of mappings
     */
    public static Specs of(Path folder, Settings settings) {
        Properties ofExamples = settingsOfExamples(folder, settings);
        return new Specs(folder, file -> settings.fill(file.toString(), text(file), Map.of(),
            name -> Optional.ofNullable(ofExamples.getProperty(name))));
    }

    /** Specs with the settings that the examples were made with, and those in force for the rest. */
    public static Specs ofExamples(Path folder, Settings settings) {
        Map<String, String> first = new HashMap<>();
        settingsOfExamples(folder, settings).forEach((name, value) -> first.put(name.toString(), value.toString()));
        return new Specs(folder, file -> settings.fill(file.toString(), text(file), first, name -> Optional.empty()));
    }

    private static Properties settingsOfExamples(Path folder, Settings settings) {
        Properties properties = new Properties();
        Path file = folder.resolve("examples").resolve(settings.get("cosell.crm")).resolve("settings.properties");
        if (Files.exists(file)) {
            try {
                properties.load(new StringReader(text(file)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return properties;
    }

    /** What a spec makes of a document, which stays as it is. */
    public JsonNode run(String spec, JsonNode input) {
        return run(chains.computeIfAbsent(spec, this::load), spec, input);
    }

    /** What a chain of operations makes of a document, which stays as it is. */
    static JsonNode run(Chainr chain, String name, JsonNode input) {
        try {
            return JSON.valueToTree(chain.transform(JSON.convertValue(input, DOCUMENT)));
        } catch (JoltException | ClassCastException | IllegalArgumentException e) {
            throw new SpecFailure(name + " fails: " + e.getMessage(), e);
        }
    }

    /** A spec can't make anything of a document. */
    static final class SpecFailure extends RuntimeException {
        private static final long serialVersionUID = 1;

        SpecFailure(String message, Throwable cause) {
            super(message, cause);
        }
    }

    private Chainr load(String spec) {
        Path file = folder.resolve(spec + ".json");
        try {
            return chain(file.toString(), JSON.readTree(texts.apply(file)));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(file + (e.getLocation() == null ? "" : ":" + e.getLocation().getLineNr())
                + ": this is not JSON: " + e.getOriginalMessage(), e);
        }
    }

    static Chainr chain(String name, JsonNode operations) {
        try {
            return Chainr.fromSpec(JsonUtils.jsonToObject(operations.toString()));
        } catch (JoltException e) {
            throw new IllegalArgumentException(name + ": JOLT does not take this spec: " + e.getMessage(), e);
        }
    }

    /** A YAML file of the folder, with settings in place of its placeholders; nothing if there is none. */
    Optional<JsonNode> yaml(String name) {
        Path file = folder.resolve(name);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(JSON.valueToTree(new Load(LoadSettings.builder().setLabel(file.toString()).build())
                .loadFromString(texts.apply(file))));
        } catch (YamlEngineException e) {
            throw new IllegalArgumentException(file + ": this is not YAML: " + e.getMessage().replaceAll("\\s+", " "), e);
        }
    }

    Path folder() {
        return folder;
    }

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new IllegalArgumentException(file + " can't be read" + (Files.exists(file) ? ": " + e.getMessage() : ": it is not there."), e);
        }
    }
}
