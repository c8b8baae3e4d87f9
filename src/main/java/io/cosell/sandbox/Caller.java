package io.cosell.sandbox;

/**
 * Who makes a write.
 *
 * @param user id of the user in the system's own terms
 * @param tag  what else the system tells its listeners of the call (Dataverse's {@code ?tag=}); null without
 */
public record Caller(String user, String tag) {
}
