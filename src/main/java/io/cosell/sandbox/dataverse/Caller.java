package io.cosell.sandbox.dataverse;

/**
 * Who makes a call.
 *
 * @param user systemuserid
 * @param tag  free text of {@code ?tag=}, null without one (section 1.2)
 */
record Caller(String user, String tag) {
}
