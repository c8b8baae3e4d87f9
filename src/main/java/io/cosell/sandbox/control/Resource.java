package io.cosell.sandbox.control;

import java.util.Map;
import java.util.function.Function;

/**
 * One thing that can be asked of the control address. The table of all is in {@link Control#resources}.
 *
 * @param method     HTTP method
 * @param path       path, with parts that vary in braces, such as {@code /systems/{system}/acts}
 * @param says       what it does, one sentence
 * @param parameters what to send: name and meaning, members of the body of PUT and POST, query parameters otherwise; a name that ends
 *                   in {@code ?} may be left out; {@link #ANYTHING} for a document of the caller's own
 * @param does       answers anything Jackson can write, null for nothing
 */
record Resource(String method, String path, String says, Map<String, String> parameters, Function<Asked, Object> does) {

    /** Name of a parameter that stands for any number of members with any name. */
    static final String ANYTHING = "*";

    /** True for requests that carry a JSON body. */
    boolean hasBody() {
        return method.equals("PUT") || method.equals("POST");
    }
}
