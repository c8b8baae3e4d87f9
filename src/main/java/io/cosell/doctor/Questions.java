package io.cosell.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cosell.Connector;
import io.cosell.lane.LaneFailure;
import io.cosell.lane.NotFoundFailure;
import io.cosell.lane.RefusedFailure;
import java.io.IOException;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.camel.Exchange;

/** Asks routes about one system. What fails becomes a finding that names the fix, and hides nothing else. */
final class Questions {

    private static final ObjectMapper JSON = new ObjectMapper();
    /** Clocks that differ less are alike: answers take a while, and tell whole seconds. */
    private static final Duration ALIKE = Duration.ofMinutes(1);

    private final Connector connector;
    private final Clock clock;
    private final Report report;
    private final String system;
    private final String group;

    /**
     * @param system name of the system for people
     * @param group  its settings, {@code cosell.<group>.*}
     */
    Questions(Connector connector, Clock clock, Report report, String system, String group) {
        this.connector = connector;
        this.clock = clock;
        this.report = report;
        this.system = system;
        this.group = group;
    }

    /**
     * Asks one thing.
     *
     * @param about  what it is about, for a finding
     * @param denied what to do if access is denied
     * @return what the route answers; empty if it failed, which is a finding then
     */
    Optional<JsonNode> ask(String route, Object body, String about, String denied) {
        Exchange exchange = connector.camel().request("direct:" + route, message -> message.getIn().setBody(body));
        compareClocks(exchange.getVariable("answerDate", String.class));
        if (exchange.getException() != null) {
            fail(about, exchange.getException(), denied);
            return Optional.empty();
        }
        return Optional.of(JSON.valueToTree(exchange.getMessage().getBody()));
    }

    /** The same, where a thing that is not there is an answer: empty in the outer optional is a failure, in the inner one "not there". */
    Optional<Optional<JsonNode>> askFor(String route, String about, String denied) {
        Exchange exchange = connector.camel().request("direct:" + route, message -> { });
        if (exchange.getException() instanceof NotFoundFailure) {
            return Optional.of(Optional.empty());
        }
        if (exchange.getException() != null) {
            fail(about, exchange.getException(), denied);
            return Optional.empty();
        }
        return Optional.of(Optional.of(JSON.valueToTree(exchange.getMessage().getBody())));
    }

    /** Makes a finding of a failure. */
    void fail(String about, Throwable failure, String denied) {
        Optional<IOException> unreached = causes(failure).filter(IOException.class::isInstance).map(IOException.class::cast).findFirst();
        String message = failure.getMessage() == null ? failure.toString() : failure.getMessage().strip();
        int sentence = message.indexOf(". ");
        if (failure instanceof LaneFailure && message.startsWith("The sign-in for") && sentence > 0) {
            report.error(system, "sign-in", message.substring(0, sentence + 1), message.substring(sentence + 2));
        } else if (failure instanceof RefusedFailure) {
            report.error(system, about, message, denied);
        } else if (failure instanceof NotFoundFailure) {
            report.error(system, about, message, "correct the addresses under cosell." + group);
        } else if (failure instanceof LaneFailure && message.contains("(401)")) {
            report.error(system, about, message.replaceFirst(";.*", "."), "correct what the token is for: scope or resource under cosell."
                + group);
        } else if (failure instanceof LaneFailure) {
            report.error(system, about, message, "run doctor again in a while; if it stays so, look at what the service says of itself, "
                + "and at the settings under cosell." + group);
        } else if (unreached.isPresent()) {
            report.error(system, "address", "an address can't be reached: " + unreached.get(), "correct the addresses under cosell." + group
                + ", or let this machine reach them (name server, proxy, firewall)");
        } else {
            report.error(system, about, "the examination failed: " + failure, "run check; if it finds nothing, report this");
        }
    }

    private static Stream<Throwable> causes(Throwable failure) {
        return Stream.iterate(failure, cause -> cause != null, Throwable::getCause);
    }

    private void compareClocks(String date) {
        Instant theirs;
        try {
            theirs = Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(date == null ? "" : date));
        } catch (DateTimeException e) {
            return;
        }
        Duration ahead = Duration.between(theirs, clock.instant());
        if (ahead.abs().compareTo(ALIKE) > 0) {
            report.warning(system, "clock", "the clock of this machine is " + words(ahead.abs()) + (ahead.isNegative() ? " behind"
                : " ahead of")
                + " the one of the service", "let this machine keep its clock by a time server (NTP)");
        } else {
            report.ok(system, "clock", "is the one of this machine, to a minute");
        }
    }

    private static String words(Duration duration) {
        return duration.toHours() >= 2 ? duration.toHours() + " hours" : duration.toMinutes() + " min " + duration.toSecondsPart() + " s";
    }
}
