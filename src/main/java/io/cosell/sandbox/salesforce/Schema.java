package io.cosell.sandbox.salesforce;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.cosell.sandbox.SandboxSystem;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * All objects of one organisation: those of {@code objects.yaml} and the fields that its options add, without those whose feature is
 * off, and what was deployed, without what no permission set shows. Features may be turned at any time, and fields deployed: ask for an
 * object anew for each call.
 */
final class Schema {

    private static final String FILE = "/sandbox/salesforce/objects.yaml";

    private static final JsonNode TREE = read();

    private final SalesforceOptions options;
    private final Supplier<Set<Feature>> features;
    private final Clock clock;
    private final Supplier<Set<String>> shown;
    private final Map<Key, Map<String, SObject>> built = new HashMap<>();
    /** Objects and fields that were deployed, as {@code objects.yaml} would describe them. */
    private ObjectNode deployed = SandboxSystem.JSON.createObjectNode();
    private Key latest = new Key(Set.of(), null);
    private Instant changedAt;

    /**
     * What the objects hang on.
     *
     * @param shown names of deployed objects, and of deployed fields with their object, that the caller may see; null for all
     */
    private record Key(Set<Feature> features, Set<String> shown) {

        static final Key ALL = new Key(EnumSet.allOf(Feature.class), null);

        boolean shows(String name) {
            return shown == null || shown.contains(name);
        }
    }

    /**
     * Reads the objects.
     *
     * @param features what is on now
     * @param shown    which of the deployed objects and fields permission sets show now
     * @param clock    tells when that changed
     * @throws IllegalArgumentException if an option names an object that is not there
     */
    Schema(SalesforceOptions options, Supplier<Set<Feature>> features, Supplier<Set<String>> shown, Clock clock) {
        this.clock = clock;
        this.shown = shown;
        changedAt = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        this.options = options;
        this.features = features;
        Map<String, SObject> everything = built.computeIfAbsent(Key.ALL, this::build);
        options.fields().stream().filter(own -> !everything.containsKey(own.object())).findFirst().ifPresent(own -> {
            throw new IllegalArgumentException("The Salesforce sandbox has no object " + own.object() + ". It has "
                + everything.keySet() + ".");
        });
    }

    /** The object with this API name, without regard to case; empty also while its feature is off. */
    Optional<SObject> object(String name) {
        return Optional.ofNullable(now().get(name));
    }

    /**
     * The object with this API name.
     *
     * @throws IllegalArgumentException if there is none
     */
    SObject require(String name) {
        return object(name).orElseThrow(() ->
            new IllegalArgumentException("The Salesforce sandbox has no object " + name + ". It has " + now().keySet() + "."));
    }

    /** The object whose ids begin as this one does. */
    Optional<SObject> ofId(String id) {
        return now().values().stream().filter(object -> id.startsWith(object.prefix())).findFirst();
    }

    Collection<SObject> all() {
        return now().values();
    }

    /** Every object as it is with every feature on: what is hidden now may have records all the same. */
    Collection<SObject> everything() {
        return built.computeIfAbsent(Key.ALL, this::build).values();
    }

    /** True while a feature is on. */
    boolean has(Feature feature) {
        return features.get().contains(feature);
    }

    /** Every object as it is now, deployed ones and their fields also where nobody may see them. */
    Collection<SObject> existing() {
        return built.computeIfAbsent(new Key(Set.copyOf(features.get()), null), this::build).values();
    }

    /** Adds what was deployed: objects, and fields of objects that were there. */
    void deploy(ObjectNode more) {
        more.properties().forEach(object -> {
            ObjectNode known = deployed.withObjectProperty(object.getKey());
            object.getValue().properties().stream().filter(member -> !member.getKey().equals("fields"))
                .forEach(member -> known.set(member.getKey(), member.getValue()));
            known.withObjectProperty("fields").setAll((ObjectNode) object.getValue().path("fields"));
        });
        built.clear();
        changedAt = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    }

    /** All that was deployed. */
    ObjectNode deployed() {
        return deployed;
    }

    /** Puts this in the place of all that was deployed. */
    void replaceDeployed(ObjectNode other) {
        deployed = SandboxSystem.JSON.createObjectNode();
        deploy(other);
    }

    private Map<String, SObject> now() {
        Key on = new Key(Set.copyOf(features.get()), deployed.isEmpty() ? Set.of() : shown.get());
        if (!on.equals(latest)) {
            latest = on;
            changedAt = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        }
        return built.computeIfAbsent(on, this::build);
    }

    /** When objects and fields last changed, as far as anybody asked. */
    Instant changedAt() {
        now();
        return changedAt;
    }

    /** The whole of {@code objects.yaml}. */
    static JsonNode file() {
        return TREE;
    }

    /** The object as it is with every feature on; null if there is none. */
    SObject whole(String name) {
        return built.computeIfAbsent(Key.ALL, this::build).get(name);
    }

    private static JsonNode read() {
        try (InputStream in = Schema.class.getResourceAsStream(FILE)) {
            return new YAMLMapper().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Map<String, SObject> build(Key key) {
        Map<String, Map<String, Field>> fields = new LinkedHashMap<>();
        TREE.path("objects").fields().forEachRemaining(entry -> {
            JsonNode feature = entry.getValue().path("feature");
            if (feature.isMissingNode() || key.features().contains(Feature.valueOf(feature.asText()))) {
                fields.put(entry.getKey(), fields(entry.getKey(), entry.getValue(), key));
            }
        });
        deployed.properties().stream().filter(object -> object.getValue().has("prefix") && key.shows(object.getKey())).forEach(object ->
            fields.put(object.getKey(), fields(object.getKey(), object.getValue(), key)));
        Map<String, SObject> objects = new LinkedHashMap<>();
        fields.forEach((name, own) -> {
            JsonNode made = deployed.path(name);
            JsonNode described = made.has("prefix") ? made : TREE.path("objects").path(name);
            Map<String, SObject.Child> children = new LinkedHashMap<>();
            fields.forEach((other, theirs) -> theirs.values().stream()
                .filter(field -> field.children() != null && field.targets().contains(name))
                .forEach(field -> children.put(field.children(), new SObject.Child(field.children(), other, field))));
            objects.put(name, new SObject(name, described.path("label").asText(), described.path("plural").asText(),
                described.path("prefix").asText(), described.path("nameField").asText("Name"), described.path("readOnly").asBoolean(),
                described.path("entityTags").asBoolean(), new Names<>(own), new Names<>(children)));
        });
        return new Names<>(objects);
    }

    private Map<String, Field> fields(String object, JsonNode described, Key key) {
        ObjectNode all = SandboxSystem.JSON.createObjectNode();
        described.path("sets").forEach(set -> all.setAll((ObjectNode) TREE.path("fieldSets").path(set.asText())));
        all.setAll((ObjectNode) described.path(described.has("nameFields") ? "nameFields" : "fields"));
        // Fields that every record must have can't be hidden.
        deployed.path(object).path("fields").properties().stream().filter(field -> key.shows(object + "." + field.getKey())
            || field.getValue().path("required").asBoolean()).forEach(field -> all.set(field.getKey(), field.getValue()));
        options.fields().stream().filter(own -> own.object().equals(object)).forEach(own ->
            all.putObject(own.name()).put("type", own.type()).put("required", own.required()).put("externalId", own.externalId())
                .put("unique", own.unique()));
        Map<String, Field> fields = new LinkedHashMap<>();
        all.fields().forEachRemaining(entry -> {
            ObjectNode one = entry.getValue().deepCopy();
            one.put("name", entry.getKey()).put("type", one.path("type").asText().toUpperCase(Locale.ROOT));
            Field field = SandboxSystem.JSON.convertValue(one, Field.class);
            if (field.feature() == null || key.features().contains(field.feature())) {
                fields.put(entry.getKey(), field);
            }
        });
        return fields;
    }
}
