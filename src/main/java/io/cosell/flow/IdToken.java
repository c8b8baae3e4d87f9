package io.cosell.flow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Base64;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Reads who signed in from an id token (OpenID Connect), for messages to people. The token comes straight from the sign-in service, so its
 * signature is not checked, and nothing is decided by it.
 */
public final class IdToken {

    private IdToken() {
    }

    /** Name of the user, such as an e-mail address; empty without a token that can be read. */
    public static Optional<String> user(Object token) {
        String[] parts = String.valueOf(token).split("\\.");
        if (parts.length < 2) {
            return Optional.empty();
        }
        try {
            JsonNode claims = new ObjectMapper().readTree(Base64.getUrlDecoder().decode(parts[1]));
            return Stream.of("upn", "preferred_username", "unique_name", "email", "name").map(name -> claims.path(name).asText(""))
                .filter(value -> !value.isEmpty()).findFirst();
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
