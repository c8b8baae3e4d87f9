package io.cosell.conformance;

import io.cosell.lane.LaneFailure;
import java.util.regex.Pattern;

/** What a message has to be that a seller reads in the audit field. */
final class Messages {

    private static final Pattern NOT_FOR_PEOPLE = Pattern.compile("https?://|\\{|}|\\bnull\\b|Exception");
    private static final int FEWEST_WORDS = 4;

    private Messages() {
    }

    /** Requires words, without addresses and without personal data. */
    static void forPeople(Suite suite, LaneFailure failure) {
        String message = String.valueOf(failure.getMessage()).strip();
        Suite.require(message.split("\\s+").length >= FEWEST_WORDS, "The message says too little: \"" + message + "\"");
        Suite.require(!NOT_FOR_PEOPLE.matcher(message).find(), "The message is not for people: \"" + message + "\"");
        for (String personal : suite.sample.personal()) {
            Suite.require(!message.contains(personal), "The message holds personal data: \"" + message + "\"");
        }
    }
}
