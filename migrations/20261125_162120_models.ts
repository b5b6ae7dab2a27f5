import { type MigrateDownArgs, type MigrateUpArgs, sql } from '@payloadcms/db-postgres'
import { run } from '../src/platform/database/schema/migration-of'
import { modelsDown, modelsUp } from '../src/platform/database/schema/models'

/** Tools that are models or tools of an MCP server, their upstreams, and a model's tokens in the log. */
export async function up({ db }: MigrateUpArgs): Promise<void> {
  await db.execute(sql`
   CREATE TYPE "public"."hub_upstream_adapter" AS ENUM('openai', 'anthropic', 'google');
  CREATE TYPE "public"."hub_model_kind" AS ENUM('chat', 'embeddings');
  CREATE TYPE "public"."hub_routing" AS ENUM('order', 'weight');
  ALTER TYPE "public"."hub_adapter" ADD VALUE 'openai';
  ALTER TYPE "public"."hub_adapter" ADD VALUE 'anthropic';
  ALTER TYPE "public"."hub_adapter" ADD VALUE 'google';
  ALTER TYPE "public"."hub_adapter" ADD VALUE 'mcp';
  CREATE TABLE "tools_upstreams" (
  	"_order" integer NOT NULL,
  	"_parent_id" uuid NOT NULL,
  	"id" varchar PRIMARY KEY NOT NULL,
  	"name" varchar,
  	"adapter" "hub_upstream_adapter" DEFAULT 'openai',
  	"share" numeric DEFAULT 1,
  	"endpoint" varchar,
  	"model" varchar
  );
  
  ALTER TABLE "tools" ADD COLUMN "model" varchar;
  ALTER TABLE "tools" ADD COLUMN "model_kind" "hub_model_kind" DEFAULT 'chat';
  ALTER TABLE "tools" ADD COLUMN "system_prompt" varchar;
  ALTER TABLE "tools" ADD COLUMN "prompt_template" varchar;
  ALTER TABLE "tools" ADD COLUMN "default_output_tokens" numeric;
  ALTER TABLE "tools" ADD COLUMN "max_output_tokens" numeric;
  ALTER TABLE "tools" ADD COLUMN "speaks_responses" boolean DEFAULT false;
  ALTER TABLE "tools" ADD COLUMN "weight_input" numeric DEFAULT 100;
  ALTER TABLE "tools" ADD COLUMN "weight_cached_input" numeric DEFAULT 100;
  ALTER TABLE "tools" ADD COLUMN "weight_output" numeric DEFAULT 100;
  ALTER TABLE "tools" ADD COLUMN "weight_reasoning" numeric DEFAULT 100;
  ALTER TABLE "tools" ADD COLUMN "routing" "hub_routing" DEFAULT 'order';
  ALTER TABLE "tools" ADD COLUMN "share" numeric DEFAULT 1;
  ALTER TABLE "tools" ADD COLUMN "remote_tool" varchar;
  ALTER TABLE "tools_upstreams" ADD CONSTRAINT "tools_upstreams_parent_id_fk" FOREIGN KEY ("_parent_id") REFERENCES "public"."tools"("id") ON DELETE cascade ON UPDATE no action;
  CREATE INDEX "tools_upstreams_order_idx" ON "tools_upstreams" USING btree ("_order");
  CREATE INDEX "tools_upstreams_parent_id_idx" ON "tools_upstreams" USING btree ("_parent_id");`)
  await run(db, modelsUp)
}

/** Tools of the new kinds stay as inactive ones, so that an admin decides what becomes of them. */
export async function down({ db }: MigrateDownArgs): Promise<void> {
  await run(db, modelsDown)
  await db.execute(sql`
   DROP TABLE "tools_upstreams" CASCADE;
  ALTER TABLE "tools" ALTER COLUMN "adapter" SET DATA TYPE text;
  UPDATE "tools" SET "adapter" = 'http', "is_active" = false WHERE "adapter" NOT IN ('http', 'builtin');
  ALTER TABLE "tools" ALTER COLUMN "adapter" SET DEFAULT 'http'::text;
  DROP TYPE "public"."hub_adapter";
  CREATE TYPE "public"."hub_adapter" AS ENUM('http', 'builtin');
  ALTER TABLE "tools" ALTER COLUMN "adapter" SET DEFAULT 'http'::"public"."hub_adapter";
  ALTER TABLE "tools" ALTER COLUMN "adapter" SET DATA TYPE "public"."hub_adapter" USING "adapter"::"public"."hub_adapter";
  ALTER TABLE "tools" DROP COLUMN "model";
  ALTER TABLE "tools" DROP COLUMN "model_kind";
  ALTER TABLE "tools" DROP COLUMN "system_prompt";
  ALTER TABLE "tools" DROP COLUMN "prompt_template";
  ALTER TABLE "tools" DROP COLUMN "default_output_tokens";
  ALTER TABLE "tools" DROP COLUMN "max_output_tokens";
  ALTER TABLE "tools" DROP COLUMN "speaks_responses";
  ALTER TABLE "tools" DROP COLUMN "weight_input";
  ALTER TABLE "tools" DROP COLUMN "weight_cached_input";
  ALTER TABLE "tools" DROP COLUMN "weight_output";
  ALTER TABLE "tools" DROP COLUMN "weight_reasoning";
  ALTER TABLE "tools" DROP COLUMN "routing";
  ALTER TABLE "tools" DROP COLUMN "share";
  ALTER TABLE "tools" DROP COLUMN "remote_tool";
  DROP TYPE "public"."hub_upstream_adapter";
  DROP TYPE "public"."hub_model_kind";
  DROP TYPE "public"."hub_routing";`)
}
