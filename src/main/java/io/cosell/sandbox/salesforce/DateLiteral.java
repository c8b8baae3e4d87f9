package io.cosell.sandbox.salesforce;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.temporal.IsoFields;
import java.time.temporal.TemporalAdjusters;
import java.util.function.UnaryOperator;

/**
 * Date literals of SOQL (section 3.2; the contract names none, these are the documented ones): spans of whole days, in UTC, weeks from
 * Sunday. A span is a number of units beside the one that holds today; fiscal years are calendar years here.
 */
enum DateLiteral {
    YESTERDAY(Unit.DAY, -1, 1), TODAY(Unit.DAY, 0, 1), TOMORROW(Unit.DAY, 1, 1),
    LAST_WEEK(Unit.WEEK, -1, 1), THIS_WEEK(Unit.WEEK, 0, 1), NEXT_WEEK(Unit.WEEK, 1, 1),
    LAST_MONTH(Unit.MONTH, -1, 1), THIS_MONTH(Unit.MONTH, 0, 1), NEXT_MONTH(Unit.MONTH, 1, 1),
    LAST_90_DAYS(Unit.DAY, -90, 91), NEXT_90_DAYS(Unit.DAY, 1, 90),
    LAST_QUARTER(Unit.QUARTER, -1, 1), THIS_QUARTER(Unit.QUARTER, 0, 1), NEXT_QUARTER(Unit.QUARTER, 1, 1),
    LAST_YEAR(Unit.YEAR, -1, 1), THIS_YEAR(Unit.YEAR, 0, 1), NEXT_YEAR(Unit.YEAR, 1, 1),
    LAST_FISCAL_QUARTER(Unit.QUARTER, -1, 1), THIS_FISCAL_QUARTER(Unit.QUARTER, 0, 1), NEXT_FISCAL_QUARTER(Unit.QUARTER, 1, 1),
    LAST_FISCAL_YEAR(Unit.YEAR, -1, 1), THIS_FISCAL_YEAR(Unit.YEAR, 0, 1), NEXT_FISCAL_YEAR(Unit.YEAR, 1, 1),
    LAST_N_DAYS(Unit.DAY, Way.BACK), NEXT_N_DAYS(Unit.DAY, Way.ON), N_DAYS_AGO(Unit.DAY, Way.AGO),
    LAST_N_WEEKS(Unit.WEEK, Way.BACK), NEXT_N_WEEKS(Unit.WEEK, Way.ON), N_WEEKS_AGO(Unit.WEEK, Way.AGO),
    LAST_N_MONTHS(Unit.MONTH, Way.BACK), NEXT_N_MONTHS(Unit.MONTH, Way.ON), N_MONTHS_AGO(Unit.MONTH, Way.AGO),
    LAST_N_QUARTERS(Unit.QUARTER, Way.BACK), NEXT_N_QUARTERS(Unit.QUARTER, Way.ON), N_QUARTERS_AGO(Unit.QUARTER, Way.AGO),
    LAST_N_YEARS(Unit.YEAR, Way.BACK), NEXT_N_YEARS(Unit.YEAR, Way.ON), N_YEARS_AGO(Unit.YEAR, Way.AGO),
    LAST_N_FISCAL_QUARTERS(Unit.QUARTER, Way.BACK), NEXT_N_FISCAL_QUARTERS(Unit.QUARTER, Way.ON),
    N_FISCAL_QUARTERS_AGO(Unit.QUARTER, Way.AGO),
    LAST_N_FISCAL_YEARS(Unit.YEAR, Way.BACK), NEXT_N_FISCAL_YEARS(Unit.YEAR, Way.ON), N_FISCAL_YEARS_AGO(Unit.YEAR, Way.AGO);

    /** Days from {@code from} on, up to and without {@code until}. */
    record Days(LocalDate from, LocalDate until) {
    }

    private enum Unit {
        DAY(day -> day),
        WEEK(day -> day.with(TemporalAdjusters.previousOrSame(DayOfWeek.SUNDAY))),
        MONTH(day -> day.withDayOfMonth(1)),
        QUARTER(day -> day.with(IsoFields.DAY_OF_QUARTER, 1)),
        YEAR(day -> day.withDayOfYear(1));

        private final UnaryOperator<LocalDate> start;

        Unit(UnaryOperator<LocalDate> start) {
            this.start = start;
        }

        LocalDate plus(LocalDate day, int units) {
            return switch (this) {
                case DAY -> day.plusDays(units);
                case WEEK -> day.plusWeeks(units);
                case MONTH -> day.plusMonths(units);
                case QUARTER -> day.plusMonths(3L * units);
                case YEAR -> day.plusYears(units);
            };
        }
    }

    /** Where n units lie. */
    private enum Way {
        /** The n units before this one; of days, today belongs to them. */
        BACK,
        /** The n units after this one. */
        ON,
        /** Only the unit n before this one. */
        AGO
    }

    private final Unit unit;
    private final int first;
    private final int length;
    private final Way way;

    DateLiteral(Unit unit, int first, int length) {
        this.unit = unit;
        this.first = first;
        this.length = length;
        this.way = null;
    }

    DateLiteral(Unit unit, Way way) {
        this.unit = unit;
        this.first = 0;
        this.length = 0;
        this.way = way;
    }

    /** Which days it means; {@code n} is the number behind the colon. */
    Days days(LocalDate today, int n) {
        LocalDate now = unit.start.apply(today);
        if (way == null) {
            return new Days(unit.plus(now, first), unit.plus(now, first + length));
        }
        return switch (way) {
            case BACK -> new Days(unit.plus(now, -n), unit == Unit.DAY ? now.plusDays(1) : now);
            case ON -> new Days(unit.plus(now, 1), unit.plus(now, n + 1));
            case AGO -> new Days(unit.plus(now, -n), unit.plus(now, 1 - n));
        };
    }
}
