package io.cosell.sandbox.salesforce;

import io.cosell.sandbox.CallKind;
import io.cosell.sandbox.Reply;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One line of the API's table: which handler answers which address.
 *
 * @param method   HTTP method
 * @param template path after the version, such as <code>/sobjects/{object}/{id}</code>; <code>{name*}</code> at the end takes the rest
 *                 of the path, slashes too. A slash at the end of a path makes no difference
 * @param kind     what sort of call it is
 * @param handler  answers it
 */
record Resource(String method, String template, CallKind kind, Handler handler) {

    private static final Pattern PART = Pattern.compile("\\{(\\w+)(\\*?)\\}");

    /** Answers calls to one resource. */
    @FunctionalInterface
    interface Handler {

        /**
         * @param call  the call
         * @param parts what stood in place of the names in the template
         * @throws Refusal if Salesforce refuses
         */
        Reply answer(ApiCall call, Map<String, String> parts);
    }

    /** What stands in place of the names, if the path fits. */
    Optional<Map<String, String>> match(String path) {
        List<String> wanted = Arrays.asList(template.split("/"));
        List<String> given = Arrays.asList(path.split("/"));
        Map<String, String> parts = new LinkedHashMap<>();
        for (int i = 0; i < wanted.size(); i++) {
            Matcher part = PART.matcher(wanted.get(i));
            if (i >= given.size()) {
                return Optional.empty();
            }
            if (!part.matches()) {
                if (!wanted.get(i).equals(given.get(i))) {
                    return Optional.empty();
                }
            } else if (!part.group(2).isEmpty()) {
                parts.put(part.group(1), String.join("/", given.subList(i, given.size())));
                return Optional.of(parts);
            } else {
                parts.put(part.group(1), given.get(i));
            }
        }
        return wanted.size() == given.size() ? Optional.of(parts) : Optional.empty();
    }
}
