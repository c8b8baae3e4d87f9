package io.cosell.sandbox;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;

/**
 * What goes wrong, as rules on a seed. The same seed gives the same faults: whether the n-th call of a kind to a system is hit depends on
 * nothing but the seed, the system, the kind, the trouble and n; not on the time, nor on what happens to other kinds or systems. For
 * events the name of the event stands for the kind. Calls are counted from the moment the plan is set, and only those that the trouble
 * can happen to: a call without a condition is none of the n for {@link Trouble#PRECONDITION_FAILED}.
 *
 * <p>As JSON: {@code {"seed":42,"rules":[{"system":"dynamics365","kind":"UPDATE","trouble":"ANSWER_LOST","chance":0.1}]}}.
 *
 * @param seed  any number
 * @param rules tried in this order; the first that hits a call or an event is the only one
 */
public record FaultPlan(long seed, List<Rule> rules) {

    /** Nothing goes wrong. */
    public static final FaultPlan NONE = new FaultPlan(0, List.of());

    private static final int DELAY_MILLIS = 1000;
    private static final int RETRY_AFTER = 1;

    /**
     * What goes wrong how often. Every member but the trouble and one of {@code chance} and {@code every} may be left out.
     *
     * @param system      name of the system; null for any
     * @param kind        kind of the calls it happens to; null for any
     * @param event       name of the events it happens to, for troubles of events; null for any
     * @param trouble     what happens
     * @param chance      how likely, from 0 to 1
     * @param every       or: to every n-th
     * @param most        how often at most, counted for each system and kind or event name on its own; null for no end
     * @param delayMillis how long a late answer or event is kept back, in milliseconds of real time; for a reordered event, how long it
     *                    waits for the next one. Default 1000
     * @param retryAfter  seconds that the answer tells the caller to wait, default 1
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Rule(String system, CallKind kind, String event, Trouble trouble, Double chance, Integer every, Integer most,
                       Integer delayMillis, Integer retryAfter) {

        public Rule {
            require(trouble != null, "A rule needs a trouble, one of " + Arrays.toString(Trouble.values()) + ".");
            require(trouble != Trouble.ANSWER_REPLACED, "ANSWER_REPLACED can't be planned: a plan has no answers of its own.");
            require((chance == null) != (every == null), "A rule says how often: either chance, from 0 to 1, or every, for every n-th.");
            require(chance == null || chance >= 0 && chance <= 1, "chance is from 0 to 1, not " + chance + ".");
            require(every == null || every >= 1, "every is 1 or more, not " + every + ".");
            require(most == null || most >= 1, "most is 1 or more, not " + most + ".");
            require(kind == null || !trouble.isOfEvents(), trouble + " happens to events: name an event, not a kind of call.");
            require(event == null || trouble.isOfEvents(), trouble + " happens to calls: name a kind, not an event.");
            require(kind != CallKind.SIGN_IN || trouble != Trouble.SESSION_EXPIRED, "A sign-in has no session that could expire.");
            require(delayMillis == null || trouble.isDelay(), "delayMillis says nothing to " + trouble + ".");
            require(delayMillis == null || delayMillis >= 0, "delayMillis is 0 or more, not " + delayMillis + ".");
            require(retryAfter == null || trouble.tellsWhenToTryAgain(), "retryAfter says nothing to " + trouble + ".");
            require(retryAfter == null || retryAfter >= 0, "retryAfter is 0 or more, not " + retryAfter + ".");
        }

        /** Happens to calls of a kind by chance. */
        public static Rule byChance(String system, CallKind kind, Trouble trouble, double chance) {
            return new Rule(system, kind, null, trouble, chance, null, null, null, null);
        }

        /** Happens to every n-th call of a kind. */
        public static Rule everyNth(String system, CallKind kind, Trouble trouble, int every) {
            return new Rule(system, kind, null, trouble, null, every, null, null, null);
        }

        /** Happens to every n-th event of a name. */
        public static Rule everyNthEvent(String system, String event, Trouble trouble, int every) {
            return new Rule(system, null, event, trouble, null, every, null, null, null);
        }

        /** The same, so often at most. */
        public Rule atMost(int times) {
            return new Rule(system, kind, event, trouble, chance, every, times, delayMillis, retryAfter);
        }

        /** The same with another delay. */
        public Rule delayed(int millis) {
            return new Rule(system, kind, event, trouble, chance, every, most, millis, retryAfter);
        }

        /** The same with another time to wait. */
        public Rule retryAfter(int seconds) {
            return new Rule(system, kind, event, trouble, chance, every, most, delayMillis, seconds);
        }

        int delay() {
            return delayMillis == null ? DELAY_MILLIS : delayMillis;
        }

        int secondsToWait() {
            return retryAfter == null ? RETRY_AFTER : retryAfter;
        }

        boolean isFor(String thisSystem, String sort) {
            String wanted = kind == null ? event : kind.name();
            return (system == null || system.equals(thisSystem)) && (wanted == null || wanted.equals(sort));
        }

        /** Whether the n-th call of this kind, or event of this name, is hit. */
        boolean hits(long seed, String thisSystem, String sort, long n) {
            return every == null ? draw(seed + "\n" + thisSystem + "\n" + sort + "\n" + trouble + "\n" + n) < chance : n % every == 0;
        }

        /** A number from 0 to 1 that depends on the text only. */
        private static double draw(String text) {
            long hash = UUID.nameUUIDFromBytes(text.getBytes(StandardCharsets.UTF_8)).getLeastSignificantBits();
            return new SplittableRandom(hash).nextDouble();
        }
    }

    public FaultPlan {
        rules = rules == null ? List.of() : List.copyOf(rules);
    }

    /** A plan of these rules. */
    public static FaultPlan of(long seed, Rule... rules) {
        return new FaultPlan(seed, List.of(rules));
    }

    /**
     * Reads a plan.
     *
     * @param json    such as the class shows
     * @param systems names of the systems there are
     * @throws IllegalArgumentException if it is no plan; the message says why
     */
    public static FaultPlan of(JsonNode json, Collection<String> systems) {
        FaultPlan plan = read(json);
        plan.rules.stream().map(Rule::system).filter(system -> system != null && !systems.contains(system)).findFirst()
            .ifPresent(system -> require(false, "There is no system " + system + ". There are " + systems + "."));
        return plan;
    }

    private static FaultPlan read(JsonNode json) {
        require(json != null && json.isObject(), "A fault plan is a JSON object with seed and rules.");
        try {
            return SandboxSystem.JSON.treeToValue(json, FaultPlan.class);
        } catch (UnrecognizedPropertyException e) {
            throw new IllegalArgumentException("There is no " + e.getPropertyName() + " in a fault plan here. There are "
                + e.getKnownPropertyIds() + ".", e);
        } catch (InvalidFormatException e) {
            Class<?> type = e.getTargetType();
            throw new IllegalArgumentException(e.getValue() + " is no " + (type.isEnum()
                ? "value here. There are " + Arrays.toString(type.getEnumConstants()) : type.getSimpleName()) + ".", e);
        } catch (ValueInstantiationException e) {
            throw new IllegalArgumentException(e.getCause().getMessage(), e);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("This is no fault plan: " + e.getOriginalMessage(), e);
        }
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }
}
