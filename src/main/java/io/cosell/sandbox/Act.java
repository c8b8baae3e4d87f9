package io.cosell.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.function.Function;

/**
 * Something a person or a machine other than the tested program does in a system: the methods of a sandbox, callable by name from
 * outside.
 *
 * @param name       such as {@code microsoft-accepts}; unique in its system
 * @param as         who does it, such as {@code Microsoft seller}
 * @param says       what happens, one sentence
 * @param parameters what to send: name and meaning; a name that ends in {@code ?} may be left out
 * @param does       does it, under the monitor of the system; answers anything Jackson can write, null for nothing. An
 *                   {@link IllegalArgumentException} says what was wrong with the parameters; other runtime exceptions are the system's
 *                   own refusals
 */
public record Act(String name, String as, String says, Map<String, String> parameters, Function<JsonNode, Object> does) {
}
