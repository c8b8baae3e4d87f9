package io.cosell.plan;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.Map;

/** Short ways to write policies and views, and what writing a plan does to both sides. */
final class Fixtures {

    private static final JsonMapper JSON = JsonMapper.builder().enable(JsonReadFeature.ALLOW_SINGLE_QUOTES).build();

    /** Names of the two sides after a plan was written, with the base that follows. */
    record Sides(JsonNode base, JsonNode partnerCenter, JsonNode crm) {
    }

    private Fixtures() {
    }

    /** JSON with single quotes. */
    static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    /** The file that ships. */
    static Policy shipped() {
        try (InputStream yaml = Fixtures.class.getResourceAsStream("/mappings/fields.yaml")) {
            return Policy.parse(yaml, "fields.yaml");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Policy policy(String yaml) {
        return Policy.parse(new StringReader(yaml), "fields.yaml");
    }

    /** A policy of one field at /x, its rules as in a YAML flow mapping. */
    static Policy one(String rules) {
        return policy("fields: [{path: /x, title: Field X, " + rules + "}]");
    }

    static Plan plan(Policy policy, JsonNode base, JsonNode partnerCenter, JsonNode crm) {
        return Planner.plan(new PlanInput(policy, base, partnerCenter, crm, Map.of(), true));
    }

    /** Plans with values of /x given as JSON; "absent" leaves the member out. */
    static Plan planX(Policy policy, String base, String partnerCenter, String crm) {
        return plan(policy, x(base), x(partnerCenter), x(crm));
    }

    static ObjectNode x(String value) {
        ObjectNode view = JSON.createObjectNode();
        if (!"absent".equals(value)) {
            view.set("x", json(value));
        }
        return view;
    }

    /** Both sides once a plan is written, as the two services would show them. */
    static Sides written(Plan plan, JsonNode partnerCenter, JsonNode crm) {
        ObjectNode there = partnerCenter.deepCopy();
        ObjectNode here = crm.deepCopy();
        plan.partnerCenterPatch().forEach(op -> Views.set(there, op.get("path").asText(), op.get("value")));
        plan.crm().forEach(change -> Views.set(here, change.path(), change.to()));
        return new Sides(plan.nextBase(), there, here);
    }
}
