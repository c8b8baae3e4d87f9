package io.cosell.sandbox.dataverse;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The date functions of {@code $filter}, such as {@code Microsoft.Dynamics.CRM.LastXHours} (section 3.1), each as the span of time it
 * means. Days, weeks (from Sunday), months and years are those of UTC. Functions of fiscal periods are not simulated.
 */
final class DateFunctions {

    /**
     * A span of time.
     *
     * @param from its start, null without one
     * @param to   its end, which is not part of it; null without one
     */
    record Span(LocalDateTime from, LocalDateTime to) {

        boolean holds(Instant time) {
            return (from == null || !time.isBefore(from.toInstant(ZoneOffset.UTC)))
                && (to == null || time.isBefore(to.toInstant(ZoneOffset.UTC)));
        }

        private static Span days(LocalDate first, LocalDate last) {
            return new Span(first.atStartOfDay(), last.plusDays(1).atStartOfDay());
        }

        private Span next(ChronoUnit unit) {
            return new Span(to, to.plus(1, unit));
        }

        private Span last(ChronoUnit unit) {
            return new Span(from.minus(1, unit), from);
        }
    }

    /** Functions of the present time alone. */
    static final Map<String, Function<LocalDateTime, Span>> OF_NOW = new TreeMap<>(Map.ofEntries(
        Map.entry("Today", now -> day(now)),
        Map.entry("Yesterday", now -> day(now).last(ChronoUnit.DAYS)),
        Map.entry("Tomorrow", now -> day(now).next(ChronoUnit.DAYS)),
        Map.entry("Last7Days", now -> new Span(day(now).from().minusDays(7), now.plusSeconds(1))),
        Map.entry("Next7Days", now -> new Span(now, day(now).to().plusDays(7))),
        Map.entry("ThisWeek", now -> week(now)),
        Map.entry("LastWeek", now -> week(now).last(ChronoUnit.WEEKS)),
        Map.entry("NextWeek", now -> week(now).next(ChronoUnit.WEEKS)),
        Map.entry("ThisMonth", now -> month(now)),
        Map.entry("LastMonth", now -> month(now).last(ChronoUnit.MONTHS)),
        Map.entry("NextMonth", now -> month(now).next(ChronoUnit.MONTHS)),
        Map.entry("ThisYear", now -> year(now)),
        Map.entry("LastYear", now -> year(now).last(ChronoUnit.YEARS)),
        Map.entry("NextYear", now -> year(now).next(ChronoUnit.YEARS))));

    /** Units of the functions LastX…, NextX… and OlderThanX…, which take a number. */
    static final Map<String, ChronoUnit> UNITS = new TreeMap<>(Map.of("Minutes", ChronoUnit.MINUTES, "Hours", ChronoUnit.HOURS, "Days",
        ChronoUnit.DAYS, "Weeks", ChronoUnit.WEEKS, "Months", ChronoUnit.MONTHS, "Years", ChronoUnit.YEARS));

    /** Functions of a day. */
    static final Map<String, Function<LocalDate, Span>> OF_DAY = new TreeMap<>(Map.of(
        "On", day -> Span.days(day, day),
        "OnOrAfter", day -> new Span(day.atStartOfDay(), null),
        "OnOrBefore", day -> new Span(null, day.plusDays(1).atStartOfDay())));

    private DateFunctions() {
    }

    /** The span of LastX…, NextX… or OlderThanX…; null for other names. */
    static Span ofNumber(String name, LocalDateTime now, long number) {
        for (Map.Entry<String, ChronoUnit> unit : UNITS.entrySet()) {
            ChronoUnit of = unit.getValue();
            // units smaller than a day start at their own full hour, larger ones at midnight
            LocalDateTime start = now.truncatedTo(of.isTimeBased() ? of : ChronoUnit.DAYS);
            if (name.equals("OlderThanX" + unit.getKey())) {
                return new Span(null, now.minus(number, of));
            } else if (of != ChronoUnit.MINUTES && name.equals("LastX" + unit.getKey())) {
                return new Span(start.minus(number, of), now.plusSeconds(1));
            } else if (of != ChronoUnit.MINUTES && name.equals("NextX" + unit.getKey())) {
                return new Span(now, start.plus(number, of).plus(1, of.isTimeBased() ? of : ChronoUnit.DAYS));
            }
        }
        return null;
    }

    private static Span day(LocalDateTime now) {
        return Span.days(now.toLocalDate(), now.toLocalDate());
    }

    private static Span week(LocalDateTime now) {
        LocalDate sunday = now.toLocalDate().with(TemporalAdjusters.previousOrSame(DayOfWeek.SUNDAY));
        return Span.days(sunday, sunday.plusDays(6));
    }

    private static Span month(LocalDateTime now) {
        return Span.days(now.toLocalDate().with(TemporalAdjusters.firstDayOfMonth()),
            now.toLocalDate().with(TemporalAdjusters.lastDayOfMonth()));
    }

    private static Span year(LocalDateTime now) {
        return Span.days(now.toLocalDate().with(TemporalAdjusters.firstDayOfYear()),
            now.toLocalDate().with(TemporalAdjusters.lastDayOfYear()));
    }
}
