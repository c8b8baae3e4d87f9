-- The PostgreSQL store of version 1, as its first release made it: a deal in step, one that rests, one whose referral is about to be made.

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

SET default_tablespace = '';

SET default_table_access_method = heap;

CREATE TABLE public.cursor_mark (
    name text NOT NULL,
    value text NOT NULL,
    updated_at text NOT NULL
);

CREATE TABLE public.event (
    id bigint NOT NULL,
    fingerprint text NOT NULL,
    source text NOT NULL,
    name text NOT NULL,
    resource_id text NOT NULL,
    changed_at text,
    received_at text NOT NULL,
    link_id text
);

ALTER TABLE public.event ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.event_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.flyway_schema_history (
    installed_rank integer NOT NULL,
    version character varying(50),
    description character varying(200) NOT NULL,
    type character varying(20) NOT NULL,
    script character varying(1000) NOT NULL,
    checksum integer,
    installed_by character varying(100) NOT NULL,
    installed_on timestamp without time zone DEFAULT now() NOT NULL,
    execution_time integer NOT NULL,
    success boolean NOT NULL
);

CREATE TABLE public.journal (
    id bigint NOT NULL,
    at text NOT NULL,
    link_id text,
    referral_id text,
    record_id text,
    kind text NOT NULL,
    side text,
    field text,
    old_value text,
    new_value text,
    reason text,
    once text,
    times integer DEFAULT 1 NOT NULL
);

ALTER TABLE public.journal ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.journal_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.link (
    id text NOT NULL,
    referral_id text,
    engagement_id text,
    record_kind text,
    record_id text,
    state text NOT NULL,
    reason text,
    base text,
    intent text,
    referral text,
    record text,
    microsoft text,
    microsoft_id text,
    refused text,
    closed_seen_at text,
    told text,
    failures integer DEFAULT 0 NOT NULL,
    marks integer DEFAULT 0 NOT NULL,
    marks_done integer DEFAULT 0 NOT NULL,
    referral_moved integer DEFAULT 0 NOT NULL,
    record_moved integer DEFAULT 0 NOT NULL,
    related_moved integer DEFAULT 0 NOT NULL,
    version integer DEFAULT 0 NOT NULL,
    created_at text NOT NULL,
    updated_at text NOT NULL
);

CREATE TABLE public.link_part (
    part_id text NOT NULL,
    link_id text NOT NULL
);

CREATE TABLE public.scheduled_tasks (
    task_name character varying(100) NOT NULL,
    task_instance character varying(100) NOT NULL,
    task_data bytea,
    execution_time timestamp with time zone NOT NULL,
    picked boolean NOT NULL,
    picked_by character varying(100),
    last_success timestamp with time zone,
    last_failure timestamp with time zone,
    consecutive_failures integer,
    last_heartbeat timestamp with time zone,
    version bigint NOT NULL,
    priority smallint
);

INSERT INTO public.cursor_mark VALUES ('crm-changes opportunity', 'token-1', '2026-03-01T10:00:00.000Z');
INSERT INTO public.cursor_mark VALUES ('configuration', 'fingerprint-1', '2026-03-01T10:00:00.000Z');

INSERT INTO public.event OVERRIDING SYSTEM VALUE VALUES (1, 'partner-center referral-created R-linked 2026-03-01T09:00:00Z', 'partner-center', 'referral-created', 'R-linked', '2026-03-01T09:00:00Z', '2026-03-01T10:00:00.000Z', '46538bc5-2178-4964-a971-1b05c93f8322');
INSERT INTO public.event OVERRIDING SYSTEM VALUE VALUES (2, 'partner-center referral-created R-resting 2026-03-01T09:00:01Z', 'partner-center', 'referral-created', 'R-resting', '2026-03-01T09:00:01Z', '2026-03-01T10:00:00.000Z', '762734e1-0eb8-4beb-98f2-598ae0e24b79');
INSERT INTO public.event OVERRIDING SYSTEM VALUE VALUES (3, 'partner-center related-referral-created R-unknown 2026-03-01T09:00:02Z', 'partner-center', 'related-referral-created', 'R-unknown', '2026-03-01T09:00:02Z', '2026-03-01T10:00:00.000Z', NULL);

INSERT INTO public.flyway_schema_history VALUES (1, '1', 'store', 'SQL', 'V1__store.sql', -2100183943, 'postgres', '2026-11-21 03:37:37.728524', 44, true);

INSERT INTO public.journal OVERRIDING SYSTEM VALUE VALUES (1, '2026-03-01T10:00:00.000Z', '46538bc5-2178-4964-a971-1b05c93f8322', 'R-linked', 'O-linked', 'linked', NULL, NULL, NULL, NULL, 'Made in the CRM from the referral.', NULL, 1);
INSERT INTO public.journal OVERRIDING SYSTEM VALUE VALUES (2, '2026-03-01T10:00:00.000Z', '46538bc5-2178-4964-a971-1b05c93f8322', 'R-linked', 'O-linked', 'written', 'crm', '/details/dealValue', '1', '48000.50', NULL, NULL, 1);
INSERT INTO public.journal OVERRIDING SYSTEM VALUE VALUES (3, '2026-03-01T10:00:00.000Z', '762734e1-0eb8-4beb-98f2-598ae0e24b79', 'R-resting', NULL, 'resting', NULL, NULL, NULL, NULL, 'The country code is missing.', NULL, 1);
INSERT INTO public.journal OVERRIDING SYSTEM VALUE VALUES (4, '2026-03-01T10:00:00.000Z', NULL, NULL, NULL, 'refused', 'partner-center', NULL, NULL, NULL, 'The signature does not fit.', 'partner-center refused 2026-03-01T10 The signature does not fit.', 1);

INSERT INTO public.link VALUES ('46538bc5-2178-4964-a971-1b05c93f8322', 'R-linked', 'E-1', 'opportunity', 'O-linked', 'linked', NULL, '{"name":"Übung ✔","details":{"dealValue":48000.5,"currency":"EUR"}}', NULL, '{"id":"R-linked","etag":"\"7\""}', '{"id":"O-linked","parts":["P-1"],"etag":"W/\"9\""}', NULL, NULL, NULL, NULL, NULL, 0, 1, 1, 0, 0, 0, 1, '2026-03-01T10:00:00.000Z', '2026-03-01T10:00:00.000Z');
INSERT INTO public.link VALUES ('762734e1-0eb8-4beb-98f2-598ae0e24b79', 'R-resting', NULL, NULL, NULL, 'resting', 'The country code is missing.', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'The country code is missing.', 0, 1, 1, 1, 0, 0, 1, '2026-03-01T10:00:00.000Z', '2026-03-01T10:00:00.000Z');
INSERT INTO public.link VALUES ('226752e9-264d-4681-88c4-76d7917a303c', NULL, NULL, 'opportunity', 'O-creating', 'open', NULL, NULL, '{"creating":"2026-03-01T10:00:00.000Z"}', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, 1, 0, 0, 1, 0, 1, '2026-03-01T10:00:00.000Z', '2026-03-01T10:00:00.000Z');

INSERT INTO public.link_part VALUES ('P-1', '46538bc5-2178-4964-a971-1b05c93f8322');

INSERT INTO public.scheduled_tasks VALUES ('lane', '226752e9-264d-4681-88c4-76d7917a303c', NULL, '2026-03-01 10:00:00+00', false, NULL, NULL, NULL, NULL, NULL, 1, NULL);

SELECT pg_catalog.setval('public.event_id_seq', 3, true);

SELECT pg_catalog.setval('public.journal_id_seq', 4, true);

ALTER TABLE ONLY public.cursor_mark
    ADD CONSTRAINT cursor_mark_pkey PRIMARY KEY (name);

ALTER TABLE ONLY public.event
    ADD CONSTRAINT event_fingerprint_key UNIQUE (fingerprint);

ALTER TABLE ONLY public.event
    ADD CONSTRAINT event_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.flyway_schema_history
    ADD CONSTRAINT flyway_schema_history_pk PRIMARY KEY (installed_rank);

ALTER TABLE ONLY public.journal
    ADD CONSTRAINT journal_once_key UNIQUE (once);

ALTER TABLE ONLY public.journal
    ADD CONSTRAINT journal_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.link_part
    ADD CONSTRAINT link_part_pkey PRIMARY KEY (part_id);

ALTER TABLE ONLY public.link
    ADD CONSTRAINT link_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.link
    ADD CONSTRAINT link_record_id_key UNIQUE (record_id);

ALTER TABLE ONLY public.link
    ADD CONSTRAINT link_referral_id_key UNIQUE (referral_id);

ALTER TABLE ONLY public.scheduled_tasks
    ADD CONSTRAINT scheduled_tasks_pkey PRIMARY KEY (task_name, task_instance);

CREATE INDEX flyway_schema_history_s_idx ON public.flyway_schema_history USING btree (success);

CREATE INDEX journal_link ON public.journal USING btree (link_id, id);

CREATE INDEX link_engagement ON public.link USING btree (engagement_id);

CREATE INDEX link_microsoft ON public.link USING btree (microsoft_id);

CREATE INDEX link_part_link ON public.link_part USING btree (link_id);

CREATE INDEX link_state ON public.link USING btree (state);

CREATE INDEX scheduled_tasks_execution_time ON public.scheduled_tasks USING btree (execution_time);

CREATE INDEX scheduled_tasks_last_heartbeat ON public.scheduled_tasks USING btree (last_heartbeat);

ALTER TABLE ONLY public.link_part
    ADD CONSTRAINT link_part_link_id_fkey FOREIGN KEY (link_id) REFERENCES public.link(id) ON DELETE CASCADE;
