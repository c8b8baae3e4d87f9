package io.cosell.cli;

import picocli.CommandLine.Option;

/** The option of commands that print for people, or for programs. */
final class TextOrJson {

    /** How to print. */
    enum Format {
        text, json
    }

    @Option(names = "--format", paramLabel = "FORMAT", defaultValue = "text", description = "text or json; ${DEFAULT-VALUE} if not given.")
    private Format format;

    boolean isJson() {
        return format == Format.json;
    }
}
